// CPU time per record, end to end, against the sum of its parts measured in the same run: a bare
// librdkafka consumer, simdjson alone, the encoder's matrix products alone.
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>

#include "bench/bare_parts.h"
#include "bench/synthetic.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/outputs.h"
#include "daemon/worker.h"
#include "ingest/kafka_mock.h"
#include "ingest/kafka_producer.h"

namespace {

using namespace faultprint;
using namespace faultprint::bench;

constexpr int kElements = 10000;
constexpr int kSamples = 4096;
constexpr std::array kStages = {"poll", "decode", "window", "score", "output"};

double ns(double seconds, double count) { return seconds / count * 1e9; }

void fill(const std::string& brokers, const config::Config& config, int slots) {
  config::KafkaConfig kafka = config.kafka;
  kafka.brokers = brokers;
  // The mock walks through all batches of a partition for each fetch, and answers with one: of few
  // and long ones, else the consumer waits for it and is measured waking up.
  kafka.properties["linger.ms"] = "1000";
  ingest::KafkaProducer producer(kafka);
  std::mt19937_64 random(7);
  for (int slot = 0; slot < slots; ++slot) {
    const long time_s = 1700000000L / 60 * 60 + slot * 60L;
    for (int e = 0; e < kElements; ++e)
      producer.send("kpi", element_name(e), record(e, time_s, random), time_s * 1000000);
  }
  producer.flush(std::chrono::seconds(120));
}

// The broker in a process of its own, so that its CPU time is nobody's here. It ends with this one.
Topic serve(const config::Config& config, int slots) {
  int ends[2];
  if (pipe(ends) != 0) abort();
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    ingest::KafkaMock mock;
    mock.create_topic("kpi", kPartitions);
    fill(mock.brokers(), config, slots);
    const std::string line = mock.brokers() + "\n";
    if (write(ends[1], line.data(), line.size()) < 0) abort();
    for (;;) pause();
  }
  close(ends[1]);
  Topic topic;
  for (char c = 0; read(ends[0], &c, 1) == 1 && c != '\n';) topic.brokers += c;
  close(ends[0]);
  topic.records = static_cast<long>(slots) * kElements;
  std::mt19937_64 random(7);
  for (int i = 0; i < kSamples; ++i) topic.samples.push_back(record(i, 1700000000L, random));
  return topic;
}

// The product's own, for comparison with the one before.
double own_json(const Topic& topic, const config::Config& config, const daemon::LoadedModel& model,
                long count) {
  const auto decoder = ingest::make_decoder({config.group().stream, model.input});
  ingest::KpiSample sample;
  ingest::RejectReason reason = ingest::RejectReason::none;
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; ++i)
    for (decoder->begin({topic.samples[static_cast<std::size_t>(i % kSamples)]});
         decoder->next(sample, reason);)
      if (reason != ingest::RejectReason::none) abort();
  return thread_cpu_seconds() - before;
}

double json_alone(const Topic& topic, long count) {
  BareJson json;
  std::vector<simdjson::padded_string> texts;
  for (const std::string& text : topic.samples) texts.emplace_back(text);
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; ++i) json.read(texts[static_cast<std::size_t>(i % kSamples)]);
  return json.sum() < 0 ? 0 : thread_cpu_seconds() - before;
}

// The product's own, for comparison: windows a second of CPU time are n / this.
double own_network(const daemon::LoadedModel& model, long count) {
  const model::Matrix windows = model::Matrix::Random(BareNetwork::kBatch, kWindow * kKpis);
  model::Encoder::Scratch scratch;
  float sum = 0;
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; i += BareNetwork::kBatch)
    sum += model.model.encoder.embed(windows, scratch)(0, 0);
  return sum < 0 ? 0 : thread_cpu_seconds() - before;
}

double network_alone(const daemon::LoadedModel& model, long count) {
  BareNetwork network(model);
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; i += BareNetwork::kBatch) network.run();
  return thread_cpu_seconds() - before;
}

double figure(const std::string& metrics, const std::string& series) {
  const auto at = metrics.find("\n" + series + " ");
  return at == std::string::npos ? 0 : std::atof(metrics.c_str() + at + series.size() + 2);
}

double stage_seconds(const std::string& metrics, const char* stage) {
  return figure(metrics,
                std::string("faultprint_stage_duration_seconds_sum{stage=\"") + stage + "\"}");
}

struct Moment {
  double cpu = 0;  // of all threads but this one
  std::string metrics;

  double records() const { return figure(metrics, "faultprint_records_total"); }
};

Moment when(const daemon::Metrics& metrics, double records) {
  for (;;) {
    Moment now{0, metrics.render()};
    now.cpu = cpu_seconds() - thread_cpu_seconds();
    if (now.records() >= records) return now;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

struct EndToEnd {
  double per_record = 0;                 // ns
  double batch = 0;                      // windows scored at a time
  std::map<std::string, double> stages;  // ns a record
};

// From where every element has its level and scale, so that each record has a window scored.
EndToEnd end_to_end(const Topic& topic, config::Config config, const daemon::ModelPointer& model,
                    int round) {
  config.kafka.brokers = topic.brokers;
  config.kafka.group_id += std::to_string(round);
  const daemon::SnapshotStore snapshots(nullptr);
  daemon::Outputs outputs(config.output, config.kafka);
  daemon::Metrics metrics;
  daemon::AlarmBoard board;
  const daemon::ControlBoard control;
  daemon::ElementHomes homes;
  daemon::Worker worker(0, config, {{model, config.group().alarms, {}}}, snapshots, outputs,
                        metrics, board, control, homes);
  worker.start();
  const Moment begin =
      when(metrics, static_cast<double>(config.group().stream.baseline.start + 1) * kElements);
  const Moment end = when(metrics, static_cast<double>(topic.records));
  worker.stop();
  const double n = end.records() - begin.records();
  EndToEnd result;
  result.per_record = ns(end.cpu - begin.cpu, n);
  for (const char* stage : kStages)
    result.stages[stage] =
        ns(stage_seconds(end.metrics, stage) - stage_seconds(begin.metrics, stage), n);
  const char* const times = "faultprint_stage_duration_seconds_count{stage=\"score\"}";
  result.batch = n / (figure(end.metrics, times) - figure(begin.metrics, times));
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

// The parts are measured before and after each whole, so that a machine that grows slower or faster
// on the way shows in neither more than in the other.
int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const int slots = argc > 2 ? std::atoi(argv[2]) : 100;
  constexpr long kRepeats = 400000;
  const config::Config config = make_config(kElements);
  if (rounds < 1 || slots < config.group().stream.baseline.start + 2) {
    std::fprintf(stderr, "usage: bench_pipeline [ROUNDS [SLOTS]], SLOTS at least %d\n",
                 config.group().stream.baseline.start + 2);
    return 2;
  }
  const daemon::ModelPointer model = make_model(config);
  const Topic topic = serve(config, slots);
  config::LogConfig quiet;
  quiet.level = "error";
  daemon::log::configure(quiet);
  std::printf("%ld records of %zu bytes, %d elements, kernels %s\n", topic.records,
              topic.samples[0].size(), kElements, fp_isa());
  std::map<std::string, std::vector<double>> all;
  Parts before = bare_parts(topic, *model);
  for (int round = 0; round < rounds; ++round) {
    const EndToEnd whole = end_to_end(topic, config, model, round);
    const Parts after = bare_parts(topic, *model);
    const Parts bare = mean(before, after);
    before = after;
    const auto n = static_cast<double>(topic.records);
    const double parts = ns(bare.sum(), n);
    std::printf("consumer %.0f + simdjson %.0f + network %.0f = %.0f, end to end %.0f: %.2f\n",
                ns(bare.consumer, n), ns(bare.json, n), ns(bare.network, n), parts,
                whole.per_record, whole.per_record / parts);
    all["ratio"].push_back(whole.per_record / parts);
    all["batch"].push_back(whole.batch);
    for (const auto& [stage, time] : whole.stages) all[stage].push_back(time);
    all["own"].push_back(own_json(topic, config, *model, kRepeats) / json_alone(topic, kRepeats));
    all["own network"].push_back(own_network(*model, kRepeats) / network_alone(*model, kRepeats));
  }
  std::printf("ratio of CPU per record, median of %d: %.2f\n", rounds, median(all["ratio"]));
  for (const char* stage : kStages)
    std::printf("  stage %-7s %6.0f ns a record, median\n", stage, median(all[stage]));
  std::printf("  %.0f windows are scored at a time, median\n", median(all["batch"]));
  std::printf("  decoder alone: %.2f x simdjson alone\n", median(all["own"]));
  std::printf("  encoder alone: %.2f x its products by Eigen\n", median(all["own network"]));
  return 0;
}
