// CPU time per record, end to end, against the sum of its parts measured in the same run: a bare
// librdkafka consumer, simdjson alone, the encoder's matrix products alone.
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <simdjson.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <thread>

#include "bench/synthetic.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/outputs.h"
#include "daemon/worker.h"
#include "ingest/kafka_mock.h"
#include "ingest/kafka_producer.h"
#include "model/kernels/kernels.h"

namespace {

using namespace faultprint;
using namespace faultprint::bench;

constexpr int kElements = 10000;
constexpr int kSamples = 4096;
constexpr std::array kStages = {"poll", "decode", "window", "score", "output"};
constexpr int kPartitions = 160;  // the mock keeps 5 MiB a partition

double ns(double seconds, double count) { return seconds / count * 1e9; }

struct Topic {
  std::string brokers;
  long records = 0;
  std::vector<std::string> samples;  // some of its records
};

void fill(const std::string& brokers, const config::Config& config, int slots) {
  config::KafkaConfig kafka = config.kafka;
  kafka.brokers = brokers;
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

// On-Demand over all fields, numbers read: what any decoder must at least do.
class BareJson {
 public:
  void read(simdjson::padded_string_view text) {
    simdjson::ondemand::document doc = parser_.iterate(text);
    sum_ += static_cast<double>(std::string_view(doc["element"].get_string()).size());
    sum_ += static_cast<double>(int64_t(doc["time"].get_int64()));
    for (auto field : doc["kpis"].get_object()) sum_ += double(field.value().get_double());
  }
  double sum() const { return sum_; }

 private:
  simdjson::ondemand::parser parser_;
  double sum_ = 0;  // so that nothing is left out
};

// The encoder's products on a batch of windows that stays where it is.
class BareNetwork {
 public:
  static constexpr int kBatch = 256;

  explicit BareNetwork(const daemon::LoadedModel& model)
      : tensors_(model.model.encoder.tensors()),  // weights and biases in turn
        x_(model::Matrix::Random(kBatch, kWindow * kKpis)) {}

  void run() {
    const model::Matrix* in = &x_;
    for (std::size_t i = 0; 2 * i < tensors_.size(); ++i) {
      const model::Matrix& weights = tensors_[2 * i].value;
      model::Matrix& out = y_[i % 2];
      out.resize(kBatch, weights.cols());
      fp_affine(kBatch, static_cast<int>(weights.rows()), static_cast<int>(weights.cols()),
                in->data(), weights.data(), tensors_[2 * i + 1].value.data(), out.data(), 1);
      in = &out;
    }
  }

 private:
  std::vector<model::NamedTensor> tensors_;
  model::Matrix x_;
  model::Matrix y_[2];
};

// The product's own, for comparison with the one before.
double own_json(const Topic& topic, const config::Config& config, const daemon::LoadedModel& model,
                long count) {
  const auto& stream = config.group.stream;
  ingest::JsonDecoder decoder(stream.json, model.input.fields(), stream.max_record_bytes);
  ingest::KpiSample sample;
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; ++i)
    if (decoder.decode(topic.samples[static_cast<std::size_t>(i % kSamples)], sample) !=
        ingest::RejectReason::none)
      abort();
  return thread_cpu_seconds() - before;
}

struct BareConsumer {
  rd_kafka_t* client = nullptr;

  explicit BareConsumer(const Topic& topic) {
    char error[512];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    const auto set = [&](const char* key, const char* value) {
      if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != RD_KAFKA_CONF_OK) abort();
    };
    set("bootstrap.servers", topic.brokers.c_str());
    set("group.id", "bare");
    set("auto.offset.reset", "earliest");
    set("enable.auto.offset.store", "false");
    set("queued.min.messages", "1000000");
    client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(kPartitions);
    for (int p = 0; p < kPartitions; ++p)
      rd_kafka_topic_partition_list_add(list, "kpi", p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
  }
  ~BareConsumer() {
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
  }
};

struct Parts {
  double consumer = 0;  // s of CPU, librdkafka's own threads included
  double json = 0;
  double network = 0;

  double sum() const { return consumer + json + network; }
};

// The three side by side on the same records, each in a loop of its own over a micro-batch. The
// broker is at work meanwhile as it is beside the product: where two of a machine's processors
// share a core, it slows both alike.
Parts bare_parts(const Topic& topic, const daemon::LoadedModel& model) {
  constexpr std::size_t kMicroBatch = 4096;
  const BareConsumer consumer(topic);
  BareJson json;
  BareNetwork network(model);
  Parts parts;
  std::string padded(topic.samples[0].size() + 64 + simdjson::SIMDJSON_PADDING, ' ');
  std::vector<rd_kafka_message_t*> batch;
  const double before = cpu_seconds();
  long windows = 0;
  for (long seen = 0; seen < topic.records;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.client, 1000);
    if (message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      batch.push_back(message);
      ++seen;
    } else if (message != nullptr) {
      rd_kafka_message_destroy(message);
    }
    if (batch.size() < kMicroBatch && seen < topic.records) continue;
    const double polled = thread_cpu_seconds();
    for (const rd_kafka_message_t* m : batch) {
      if (m->len + simdjson::SIMDJSON_PADDING > padded.size()) abort();
      std::memcpy(padded.data(), m->payload, m->len);
      json.read(simdjson::padded_string_view(padded.data(), m->len, padded.size()));
    }
    const double parsed = thread_cpu_seconds();
    for (; windows < seen; windows += BareNetwork::kBatch) network.run();
    parts.json += parsed - polled;
    parts.network += thread_cpu_seconds() - parsed;
    for (rd_kafka_message_t* m : batch) rd_kafka_message_destroy(m);
    batch.clear();
  }
  parts.consumer = cpu_seconds() - before - parts.json - parts.network;
  if (json.sum() < 0) std::puts("");
  return parts;
}

double json_alone(const Topic& topic, long count) {
  BareJson json;
  std::vector<simdjson::padded_string> texts;
  for (const std::string& text : topic.samples) texts.emplace_back(text);
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; ++i) json.read(texts[static_cast<std::size_t>(i % kSamples)]);
  return json.sum() < 0 ? 0 : thread_cpu_seconds() - before;
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
  std::map<std::string, double> stages;  // ns a record
};

// From where every element has its level and scale, so that each record has a window scored.
EndToEnd end_to_end(const Topic& topic, config::Config config, const daemon::ModelPointer& model,
                    int round) {
  config.kafka.brokers = topic.brokers;
  config.kafka.group_id += std::to_string(round);
  const daemon::SnapshotStore snapshots("");
  daemon::Outputs outputs(config.output);
  daemon::Metrics metrics;
  daemon::Worker worker(0, config, model, snapshots, outputs, metrics);
  worker.start();
  const Moment begin =
      when(metrics, static_cast<double>(config.group.stream.baseline.start + 1) * kElements);
  const Moment end = when(metrics, static_cast<double>(topic.records));
  worker.stop();
  const double n = end.records() - begin.records();
  EndToEnd result;
  result.per_record = ns(end.cpu - begin.cpu, n);
  for (const char* stage : kStages)
    result.stages[stage] =
        ns(stage_seconds(end.metrics, stage) - stage_seconds(begin.metrics, stage), n);
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

// Parts and whole take turns, so that a busy or a throttled machine slows down both.
int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const int slots = argc > 2 ? std::atoi(argv[2]) : 100;
  constexpr long kRepeats = 400000;
  const config::Config config = make_config(kElements);
  const daemon::ModelPointer model = make_model(config);
  const Topic topic = serve(config, slots);
  config::LogConfig quiet;
  quiet.level = "error";
  daemon::log::configure(quiet);
  std::printf("%ld records of %zu bytes, %d elements, kernels %s\n", topic.records,
              topic.samples[0].size(), kElements, fp_isa());
  std::map<std::string, std::vector<double>> all;
  for (int round = 0; round < rounds; ++round) {
    const Parts bare = bare_parts(topic, *model);
    const EndToEnd whole = end_to_end(topic, config, model, round);
    const auto n = static_cast<double>(topic.records);
    const double parts = ns(bare.sum(), n);
    std::printf("consumer %.0f + simdjson %.0f + network %.0f = %.0f, end to end %.0f: %.2f\n",
                ns(bare.consumer, n), ns(bare.json, n), ns(bare.network, n), parts,
                whole.per_record, whole.per_record / parts);
    all["ratio"].push_back(whole.per_record / parts);
    for (const auto& [stage, time] : whole.stages) all[stage].push_back(time);
    all["own"].push_back(own_json(topic, config, *model, kRepeats) / json_alone(topic, kRepeats));
  }
  std::printf("ratio of CPU per record, median of %d: %.2f\n", rounds, median(all["ratio"]));
  for (const char* stage : kStages)
    std::printf("  stage %-7s %6.0f ns a record, median\n", stage, median(all[stage]));
  std::printf("  decoder alone: %.2f x simdjson alone\n", median(all["own"]));
  return 0;
}
