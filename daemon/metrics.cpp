#include "daemon/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <iterator>
#include <mutex>
#include <numeric>
#include <sstream>
#include <vector>

#include "daemon/build_info.h"
#include "daemon/metrics_alarms.h"
#include "daemon/metrics_partitions.h"
#include "daemon/metrics_process.h"
#include "daemon/metrics_service.h"

namespace faultprint::daemon {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr auto kStages = static_cast<std::size_t>(Stage::count_);
constexpr auto kOutcomes = static_cast<std::size_t>(Outcome::count_);

const Histogram::BucketBoundaries& latency_buckets() {
  static const Histogram::BucketBoundaries seconds{1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1,
                                                   0.25, 0.5,    1,    2.5,  5,     10,   30};
  return seconds;
}

const Histogram::BucketBoundaries& stage_buckets() {
  static const Histogram::BucketBoundaries seconds{1e-5,   2.5e-5, 5e-5, 1e-4,  2.5e-4, 5e-4, 1e-3,
                                                   2.5e-3, 5e-3,   0.01, 0.025, 0.05,   0.1,  0.25,
                                                   0.5,    1,      2.5,  5,     10};
  return seconds;
}

}  // namespace

struct Metrics::Impl {
  explicit Impl(int max_alarm_series)
      : alarms(max_alarm_series > 0 ? static_cast<std::size_t>(max_alarm_series) : 0) {
    for (std::size_t i = 1; i < rejected.size(); ++i) {
      const char* reason = ingest::name(static_cast<ingest::RejectReason>(i));
      rejected[i] = &rejected_family.Add({{"reason", reason}});
    }
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      verdicts[i] = &verdicts_family.Add({{"verdict", name(static_cast<Outcome>(i))}});
    }
    for (std::size_t i = 0; i < kStages; ++i) {
      stages[i] = &stage_family.Add({{"stage", name(static_cast<Stage>(i))}}, stage_buckets());
    }
    reload_succeeded.Set(1);  // without a configuration there would be no daemon
    for (const bool succeeded : {false, true})
      reloads[succeeded] = &reload_family.Add({{"result", succeeded ? "success" : "failure"}});
    for (const char* type : {"unknown", "group", "silent"})
      alarms_raised.Add({{"fault_type", alarms.bounded_fault_type(type)}});
    gauges("faultprint_build_info", "1, with the version and the compiler as labels.")
        .Add({{"version", FAULTPRINT_VERSION}, {"compiler", FAULTPRINT_COMPILER}})
        .Set(1);
  }

  Family<Counter>& counters(const char* metric, const char* help) {
    return prometheus::BuildCounter().Name(metric).Help(help).Register(registry);
  }
  Family<Gauge>& gauges(const char* metric, const char* help) {
    return prometheus::BuildGauge().Name(metric).Help(help).Register(registry);
  }
  Counter& counter(const char* metric, const char* help) { return counters(metric, help).Add({}); }
  void count_raised(const std::string& fault_type) {
    alarms_raised.Add({{"fault_type", alarms.bounded_fault_type(fault_type)}}).Increment();
  }
  Gauge& gauge(const char* metric, const char* help) { return gauges(metric, help).Add({}); }

  prometheus::Registry registry;  // first: the references below lead into it
  AlarmMetrics alarms;
  ProcessMetrics process;
  ServiceMetrics service{registry};

  Counter& records = counter("faultprint_records_total", "Records read from Kafka.");
  Counter& bytes = counter("faultprint_record_bytes_total", "Payload bytes of the records read.");
  Counter& samples = counter("faultprint_samples_total",
                             "Samples in the records read, used or not: lines, events, records.");
  Family<Counter>& rejected_family =
      counters("faultprint_records_rejected_total", "Samples not used, by reason.");
  std::array<Counter*, ingest::kRejectReasons> rejected{};
  Counter& unknown_kpis = counter("faultprint_unknown_kpis_total",
                                  "KPI values in records whose name is not configured.");
  Counter& windows = counter("faultprint_windows_scored_total", "Windows scored by the encoder.");
  Family<Counter>& verdicts_family =
      counters("faultprint_verdicts_total", "Verdicts given, by outcome.");
  std::array<Counter*, kOutcomes> verdicts{};
  Family<Histogram>& stage_family =
      prometheus::BuildHistogram()
          .Name("faultprint_stage_duration_seconds")
          .Help("Time a micro-batch spent in a stage of the pipeline.")
          .Register(registry);
  std::array<Histogram*, kStages> stages{};
  Histogram& latency = prometheus::BuildHistogram()
                           .Name("faultprint_verdict_latency_seconds")
                           .Help(
                               "From the first record of a micro-batch being read to the verdicts "
                               "it completed being out.")
                           .Register(registry)
                           .Add({}, latency_buckets());

  PartitionGauge elements{gauges("faultprint_elements", "Elements known in a partition.")};
  PartitionGauge silent{gauges("faultprint_elements_silent",
                               "Elements of a partition without data for stream.stale_after.")};
  Counter& relearned = counter("faultprint_elements_relearned_total",
                               "Baselines that began anew because alarms.relearn said so.");
  PartitionGauge lag{gauges("faultprint_consumer_lag_records",
                            "Records between the last one read and the partition's end.")};
  PartitionGauge watermark{gauges("faultprint_watermark_timestamp_seconds",
                                  "Event time up to which a partition's slots are complete.")};

  Family<Counter>& alarms_raised =
      counters("faultprint_alarms_raised_total", "Alarms raised, by fault type at the raise.");
  Counter& alarms_cleared = counter("faultprint_alarms_cleared_total", "Alarms cleared.");
  Counter& alarms_withheld = counter("faultprint_alarms_withheld_total",
                                     "Alarms not raised because of planned work (maintenance).");
  Counter& alarms_flapping =
      counter("faultprint_alarms_flapping_total",
              "Alarms raised over and over, and held up as one from then on (alarms.flapping).");
  Counter& alarms_folded = counter(
      "faultprint_alarms_folded_total",
      "Alarms raised without a series of their own: their group's alarm has one (alarms.folding).");
  Counter& alarms_late = counter("faultprint_alarms_late_total",
                                 "Alarms older than alarms.max_age when told: events, no series.");

  std::mutex model_mutex;  // a scrape sees the old model or the new one, never both or neither
  Family<Gauge>& model_family =
      gauges("faultprint_model_info", "1, with the loaded model's fingerprint and encoder.");
  Gauge* model = nullptr;
  Gauge& model_usable =
      gauge("faultprint_model_usable", "1 when a model is loaded that fits the configuration.");
  Gauge& ready = gauge("faultprint_ready", "1 when the daemon gives verdicts, as /-/ready says.");
  Family<Counter>& reload_family = counters("faultprint_config_reloads_total",
                                            "Reloads of the configuration asked for, by result.");
  std::array<Counter*, 2> reloads{};  // failed, succeeded
  Gauge& reload_succeeded = gauge("faultprint_config_last_reload_successful",
                                  "1 when the last reload of the configuration succeeded.");
  Gauge& reload_time = gauge("faultprint_config_last_reload_success_timestamp_seconds",
                             "Unix time of the last successful load of the configuration.");
  Counter& snapshots = counter("faultprint_snapshots_total", "Snapshots written.");
  Counter& snapshot_failures =
      counter("faultprint_snapshot_failures_total", "Snapshots that could not be written.");
  Gauge& snapshot_time = gauge("faultprint_snapshot_last_timestamp_seconds",
                               "Unix time of the last snapshot written; 0 before the first.");
  Gauge& snapshot_bytes = gauge("faultprint_snapshot_bytes", "Size of the last snapshot written.");
  Gauge& record_time = gauge("faultprint_last_record_timestamp_seconds",
                             "Unix time at which the last record was read; 0 before the first.");
  Gauge& verdict_time = gauge("faultprint_last_verdict_timestamp_seconds",
                              "Unix time of the last verdict given; 0 before the first.");
  Gauge& period =
      gauge("faultprint_stream_period_seconds", "How often an element reports: stream.period.");
  Gauge& lateness =
      gauge("faultprint_stream_lateness_seconds", "How late a record may come: stream.lateness.");
  Gauge& memory_predicted = gauge(
      "faultprint_memory_predicted_bytes",
      "Resident memory to expect: before the first element, plus the elements' by stream.kpis "
      "and stream.window.");
  std::atomic<double> memory_before = 0;
  std::atomic<double> memory_each = 0;
};

Metrics::Metrics(int max_alarm_series) : impl_(std::make_unique<Impl>(max_alarm_series)) {}
Metrics::~Metrics() = default;

void Metrics::records(std::uint64_t count, std::uint64_t bytes) {
  impl_->records.Increment(static_cast<double>(count));
  impl_->bytes.Increment(static_cast<double>(bytes));
}

void Metrics::samples(const ingest::RejectCounts& counts) {
  impl_->samples.Increment(std::accumulate(counts.begin(), counts.end(), 0.0));
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] > 0) impl_->rejected[i]->Increment(static_cast<double>(counts[i]));
  }
}

void Metrics::unknown_kpis(std::uint64_t count) {
  impl_->unknown_kpis.Increment(static_cast<double>(count));
}

void Metrics::windows(std::uint64_t count) { impl_->windows.Increment(static_cast<double>(count)); }

void Metrics::verdicts(Outcome outcome, std::uint64_t count) {
  impl_->verdicts[static_cast<std::size_t>(outcome)]->Increment(static_cast<double>(count));
}

void Metrics::stage_time(Stage stage, double seconds) {
  impl_->stages[static_cast<std::size_t>(stage)]->Observe(seconds);
}

void Metrics::verdict_latency(double seconds) { impl_->latency.Observe(seconds); }

void Metrics::stream(double period_s, double lateness_s, double bytes_per_element) {
  impl_->period.Set(period_s);
  impl_->lateness.Set(lateness_s);
  impl_->memory_before = resident_bytes();
  impl_->memory_each = bytes_per_element;
}

void Metrics::elements(const ingest::TopicPartition& where, std::size_t count) {
  impl_->elements.set(where, static_cast<double>(count));
}

void Metrics::silent_elements(const ingest::TopicPartition& where, std::size_t count) {
  impl_->silent.set(where, static_cast<double>(count));
}

void Metrics::lag(const ingest::TopicPartition& where, std::int64_t records) {
  if (records < 0) return impl_->lag.drop(where);  // unknown is not zero
  impl_->lag.set(where, static_cast<double>(records));
}

void Metrics::watermark(const ingest::TopicPartition& where, double unix_seconds) {
  impl_->watermark.set(where, unix_seconds);
}

void Metrics::partition_revoked(const ingest::TopicPartition& where) {
  impl_->elements.drop(where);
  impl_->silent.drop(where);
  impl_->lag.drop(where);
  impl_->watermark.drop(where);
}

void Metrics::alarm_raised(const std::string& alarm_id, const std::string& element,
                           const std::string& fault_type, const std::string& severity,
                           const AlarmLabels& more) {
  if (!impl_->alarms.add(alarm_id, element, fault_type, severity, more)) return;
  impl_->count_raised(fault_type);
}

void Metrics::fault_types(const std::vector<std::string>& names) {
  for (const std::string& name : names)
    impl_->alarms_raised.Add({{"fault_type", impl_->alarms.bounded_fault_type(name)}});
}

void Metrics::alarm_folded(const std::string& alarm_id, const std::string& element,
                           const std::string& fault_type, const std::string& severity) {
  using Shown = AlarmMetrics::Shown;
  if (!impl_->alarms.add(alarm_id, element, fault_type, severity, {}, Shown::in_total)) return;
  impl_->count_raised(fault_type);
  impl_->alarms_folded.Increment();
}

void Metrics::alarm_restored(const std::string& alarm_id, const std::string& element,
                             const std::string& fault_type, const std::string& severity,
                             const AlarmLabels& more, bool folded) {
  using Shown = AlarmMetrics::Shown;
  impl_->alarms.add(alarm_id, element, fault_type, severity, more,
                    folded ? Shown::in_total : Shown::as_series);
}

void Metrics::alarm_withheld() { impl_->alarms_withheld.Increment(); }
void Metrics::alarm_flapping() { impl_->alarms_flapping.Increment(); }
void Metrics::relearned(std::uint64_t elements) {
  impl_->relearned.Increment(static_cast<double>(elements));
}
void Metrics::alarm_late() { impl_->alarms_late.Increment(); }

void Metrics::alarm_cleared(const std::string& alarm_id) {
  if (impl_->alarms.remove(alarm_id)) impl_->alarms_cleared.Increment();
}

void Metrics::alarm_handed_over(const std::string& alarm_id) { impl_->alarms.remove(alarm_id); }

void Metrics::model(const std::string& fingerprint, const std::string& encoder, bool usable) {
  const std::lock_guard lock(impl_->model_mutex);
  if (impl_->model != nullptr) impl_->model_family.Remove(impl_->model);
  impl_->model = nullptr;
  if (!fingerprint.empty()) {
    impl_->model = &impl_->model_family.Add(
        {{"fingerprint", label_text(fingerprint)}, {"encoder", label_text(encoder)}});
    impl_->model->Set(1);
  }
  impl_->model_usable.Set(usable ? 1 : 0);
}

void Metrics::self_test(SelfTestOutcome outcome) { impl_->service.self_test(outcome); }
void Metrics::outputs_failed(std::uint64_t count) {
  impl_->service.output_failures.Increment(static_cast<double>(count));
}
void Metrics::clock_stepped() { impl_->service.clock_steps.Increment(); }
void Metrics::web_config(bool usable) { impl_->service.web_config.Set(usable ? 1 : 0); }

void Metrics::http_connections(std::size_t now) {
  impl_->service.connections.Set(static_cast<double>(now));
}

void Metrics::http_dropped(HttpDrop reason) {
  impl_->service.dropped[static_cast<std::size_t>(reason)]->Increment();
}

void Metrics::ready(bool ready) { impl_->ready.Set(ready ? 1 : 0); }

void Metrics::loaded(double unix_seconds) { impl_->reload_time.Set(unix_seconds); }

void Metrics::reload(bool succeeded, double unix_seconds) {
  impl_->reloads[succeeded]->Increment();
  impl_->reload_succeeded.Set(succeeded ? 1 : 0);
  if (succeeded) impl_->reload_time.Set(unix_seconds);
}

void Metrics::snapshot_written(double unix_seconds, std::size_t bytes) {
  impl_->snapshots.Increment();
  impl_->snapshot_time.Set(unix_seconds);
  impl_->snapshot_bytes.Set(static_cast<double>(bytes));
}

void Metrics::snapshot_failed() { impl_->snapshot_failures.Increment(); }
void Metrics::last_record(double unix_seconds) { impl_->record_time.Set(unix_seconds); }
void Metrics::last_verdict(double unix_seconds) { impl_->verdict_time.Set(unix_seconds); }

std::string Metrics::render() const {
  impl_->memory_predicted.Set(impl_->memory_before + impl_->memory_each * impl_->elements.sum());
  std::vector<prometheus::MetricFamily> families;
  {
    const std::lock_guard lock(impl_->model_mutex);
    families = impl_->registry.Collect();
  }
  for (const prometheus::Collectable* more :
       {static_cast<const prometheus::Collectable*>(&impl_->alarms),
        static_cast<const prometheus::Collectable*>(&impl_->process)}) {
    auto part = more->Collect();
    families.insert(families.end(), std::make_move_iterator(part.begin()),
                    std::make_move_iterator(part.end()));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace faultprint::daemon
