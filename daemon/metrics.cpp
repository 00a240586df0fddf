#include "daemon/metrics.h"

#include <prometheus/histogram.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <sstream>
#include <vector>

#include "daemon/alarm_words.h"
#include "daemon/build_info.h"
#include "daemon/metrics_alarm_counts.h"
#include "daemon/metrics_alarms.h"
#include "daemon/metrics_families.h"
#include "daemon/metrics_groups.h"
#include "daemon/metrics_lifecycle.h"
#include "daemon/metrics_partitions.h"
#include "daemon/metrics_process.h"
#include "daemon/metrics_service.h"
#include "daemon/metrics_stream.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr auto kStages = static_cast<std::size_t>(Stage::count_);

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
    for (std::size_t i = 0; i < kStages; ++i) {
      stages[i] = &stage_family.Add({{"stage", name(static_cast<Stage>(i))}}, stage_buckets());
    }
    gauges(registry, "faultprint_build_info", "1, with the version and the compiler as labels.")
        .Add({{"version", FAULTPRINT_VERSION}, {"compiler", FAULTPRINT_COMPILER}})
        .Set(1);
  }

  prometheus::Registry registry;  // first: the references below lead into it
  AlarmMetrics alarms;
  AlarmCounts counts{registry, alarms};
  LifecycleMetrics lifecycle{registry};
  ProcessMetrics process;
  ServiceMetrics service{registry};

  Counter& records = counter(registry, "faultprint_records_total", "Records read from Kafka.");
  Counter& bytes =
      counter(registry, "faultprint_record_bytes_total", "Payload bytes of the records read.");
  Counter& skipped = counter(registry, "faultprint_records_skipped_total",
                             "Records that were gone from the topic before they were read.");
  Counter& samples = counter(registry, "faultprint_samples_total",
                             "Samples in the records read, used or not: lines, events, records.");
  Family<Counter>& rejected_family =
      counters(registry, "faultprint_records_rejected_total", "Samples not used, by reason.");
  std::array<Counter*, ingest::kRejectReasons> rejected{};
  Counter& unknown_kpis = counter(registry, "faultprint_unknown_kpis_total",
                                  "KPI values in records whose name is not configured.");
  GroupCounts groups{registry};
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

  PartitionGauge elements{
      gauges(registry, "faultprint_elements", "Elements known in a partition.")};
  PartitionGauge silent{gauges(registry, "faultprint_elements_silent",
                               "Elements of a partition without data for stream.stale_after.")};
  Counter& relearned = counter(registry, "faultprint_elements_relearned_total",
                               "Baselines that began anew because alarms.relearn said so.");
  PartitionGauge lag{gauges(registry, "faultprint_consumer_lag_records",
                            "Records between the last one read and the partition's end.")};
  PartitionGauge watermark{gauges(registry, "faultprint_watermark_timestamp_seconds",
                                  "Event time up to which a partition's slots are complete.")};

  Gauge& record_time = gauge(registry, "faultprint_last_record_timestamp_seconds",
                             "Unix time at which the last record was read; 0 before the first.");
  Gauge& verdict_time = gauge(registry, "faultprint_last_verdict_timestamp_seconds",
                              "Unix time of the last verdict given; 0 before the first.");
  StreamMetrics stream{registry};
};

Metrics::Metrics(int max_alarm_series) : impl_(std::make_unique<Impl>(max_alarm_series)) {}
Metrics::~Metrics() = default;

void Metrics::records(std::uint64_t count, std::uint64_t bytes) {
  impl_->records.Increment(static_cast<double>(count));
  impl_->bytes.Increment(static_cast<double>(bytes));
}

void Metrics::records_skipped(std::uint64_t count) {
  impl_->skipped.Increment(static_cast<double>(count));
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

void Metrics::groups(const std::vector<std::string>& names) { impl_->groups.set(names); }

void Metrics::windows(std::uint64_t count, const std::string& group) {
  impl_->groups.windows(count, group);
}

void Metrics::verdicts(Outcome outcome, std::uint64_t count, const std::string& group) {
  impl_->groups.verdicts(outcome, count, group);
}

void Metrics::stage_time(Stage stage, double seconds) {
  impl_->stages[static_cast<std::size_t>(stage)]->Observe(seconds);
}

void Metrics::verdict_latency(double seconds) { impl_->latency.Observe(seconds); }

void Metrics::stream(double period_s, double lateness_s, double bytes_per_element,
                     const std::string& group) {
  impl_->stream.expect(period_s, lateness_s, bytes_per_element, group);
}

void Metrics::workers_predicted(double bytes) { impl_->stream.expect_workers(bytes); }

void Metrics::elements(const ingest::TopicPartition& where, std::size_t count,
                       const std::string& group) {
  impl_->elements.set(where, static_cast<double>(count), group);
}

void Metrics::silent_elements(const ingest::TopicPartition& where, std::size_t count,
                              const std::string& group) {
  impl_->silent.set(where, static_cast<double>(count), group);
}

void Metrics::lag(const ingest::TopicPartition& where, std::int64_t records) {
  if (records < 0) return impl_->lag.drop(where);  // unknown is not zero
  impl_->lag.set(where, static_cast<double>(records));
}

void Metrics::watermark(const ingest::TopicPartition& where, double unix_seconds,
                        const std::string& group) {
  impl_->watermark.set(where, unix_seconds, group);
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
  impl_->counts.of_type(fault_type, element_group_of(more)).Increment();
}

void Metrics::fault_types(const std::vector<std::string>& names, const std::string& group) {
  for (const char* type : {"unknown", "group", "silent"}) impl_->counts.of_type(type, group);
  for (const std::string& name : names) impl_->counts.of_type(name, group);
}

void Metrics::alarm_folded(const std::string& alarm_id, const std::string& element,
                           const std::string& fault_type, const std::string& severity,
                           const std::string& group) {
  using Shown = AlarmMetrics::Shown;
  const AlarmLabels labels = group.empty() ? AlarmLabels() : AlarmLabels{{kGroupLabel, group}};
  if (!impl_->alarms.add(alarm_id, element, fault_type, severity, labels, Shown::in_total)) return;
  impl_->counts.of_type(fault_type, group).Increment();
  impl_->counts.folded.Increment();
}

void Metrics::alarm_restored(const std::string& alarm_id, const std::string& element,
                             const std::string& fault_type, const std::string& severity,
                             const AlarmLabels& more, bool folded) {
  using Shown = AlarmMetrics::Shown;
  impl_->alarms.add(alarm_id, element, fault_type, severity, more,
                    folded ? Shown::in_total : Shown::as_series);
}

void Metrics::alarm_told(const ActiveAlarm& alarm) {
  impl_->alarms.tell(alarm.id, {.now = alarm.fault_type,
                                .now_severity = alarm.severity,
                                .since = ingest::format_rfc3339(alarm.raised_us),
                                .why = in_words(alarm)});
}

void Metrics::alarm_withheld() { impl_->counts.withheld.Increment(); }
void Metrics::alarm_flapping() { impl_->counts.flapping.Increment(); }
void Metrics::relearned(std::uint64_t elements) {
  impl_->relearned.Increment(static_cast<double>(elements));
}
void Metrics::in_several_partitions(std::size_t elements) {
  impl_->service.in_several_partitions.Set(static_cast<double>(elements));
}
void Metrics::control_record(bool taken) {
  (taken ? impl_->service.control_taken : impl_->service.control_refused).Increment();
}
void Metrics::alarm_late() { impl_->counts.late.Increment(); }

void Metrics::alarm_cleared(const std::string& alarm_id) {
  if (impl_->alarms.remove(alarm_id)) impl_->counts.cleared.Increment();
}

void Metrics::alarm_handed_over(const std::string& alarm_id) { impl_->alarms.remove(alarm_id); }

void Metrics::model(const std::string& fingerprint, const std::string& encoder, bool usable) {
  if (fingerprint.empty()) return models({}, usable);
  models({{"", fingerprint, encoder}}, usable);
}

void Metrics::models(const std::vector<Model>& models, bool usable) {
  impl_->lifecycle.models(models, usable);
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

void Metrics::ready(bool ready) { impl_->lifecycle.ready.Set(ready ? 1 : 0); }
void Metrics::loaded(double unix_seconds) { impl_->lifecycle.loaded.Set(unix_seconds); }
void Metrics::reload(bool succeeded, double unix_seconds) {
  impl_->lifecycle.reload(succeeded, unix_seconds);
}
void Metrics::snapshot_written(double unix_seconds, std::size_t bytes) {
  impl_->lifecycle.snapshot_written(unix_seconds, bytes);
}
void Metrics::snapshot_failed() { impl_->lifecycle.snapshot_failures.Increment(); }
void Metrics::last_record(double unix_seconds) { impl_->record_time.Set(unix_seconds); }
void Metrics::last_verdict(double unix_seconds) { impl_->verdict_time.Set(unix_seconds); }

std::string Metrics::render() const {
  impl_->stream.predict_memory(impl_->elements);
  std::vector<prometheus::MetricFamily> families = impl_->lifecycle.collect();
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
