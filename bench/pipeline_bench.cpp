// CPU time per record, end to end, against the sum of its parts measured in the same run: a bare
// librdkafka consumer, simdjson alone, the encoder's matrix products alone.
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <simdjson.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
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

// A consumer that does nothing with what it reads.
double bare_consumer(const Topic& topic) {
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
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(kPartitions);
  for (int p = 0; p < kPartitions; ++p)
    rd_kafka_topic_partition_list_add(list, "kpi", p)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(consumer, list);
  const double before = cpu_seconds();
  for (long seen = 0; seen < topic.records;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 1000);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++seen;
    rd_kafka_message_destroy(message);
  }
  const double spent = cpu_seconds() - before;
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return spent;
}

// On-Demand over all fields, numbers read: what any decoder must at least do.
double bare_json(const Topic& topic, long count) {
  simdjson::ondemand::parser parser;
  std::vector<simdjson::padded_string> texts;
  for (const std::string& text : topic.samples) texts.emplace_back(text);
  double sum = 0;
  const double before = thread_cpu_seconds();
  for (long i = 0; i < count; ++i) {
    simdjson::ondemand::document doc =
        parser.iterate(texts[static_cast<std::size_t>(i % kSamples)]);
    sum += static_cast<double>(std::string_view(doc["element"].get_string()).size());
    sum += static_cast<double>(int64_t(doc["time"].get_int64()));
    for (auto field : doc["kpis"].get_object()) sum += double(field.value().get_double());
  }
  const double spent = thread_cpu_seconds() - before;
  if (sum < 0) std::puts("");
  return spent;
}

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

double bare_network(const daemon::LoadedModel& model, long count) {
  constexpr int kBatch = 256;
  const auto& layers = model.model.encoder.layers();
  model::Matrix x = model::Matrix::Random(kBatch, kWindow * kKpis);
  model::Matrix y[2];
  const double before = thread_cpu_seconds();
  for (long done = 0; done < count; done += kBatch) {
    const model::Matrix* in = &x;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      model::Matrix& out = y[i % 2];
      out.resize(kBatch, layers[i].weights.cols());
      fp_affine(kBatch, static_cast<int>(layers[i].weights.rows()),
                static_cast<int>(layers[i].weights.cols()), in->data(), layers[i].weights.data(),
                layers[i].bias.data(), out.data(), 1);
      in = &out;
    }
  }
  return thread_cpu_seconds() - before;
}

struct EndToEnd {
  double cpu = 0;
  std::string metrics;
};

EndToEnd end_to_end(const Topic& topic, config::Config config, const daemon::ModelPointer& model) {
  config.kafka.brokers = topic.brokers;
  config.kafka.properties = {{"session.timeout.ms", "6000"}};
  const daemon::SnapshotStore snapshots("");
  daemon::Outputs outputs(config.output);
  daemon::Metrics metrics;
  daemon::Worker worker(0, config, model, snapshots, outputs, metrics);
  worker.start();
  while (!worker.joined()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const double before = cpu_seconds();
  const std::string done = "faultprint_records_total " + std::to_string(topic.records);
  while (metrics.render().find(done) == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const double spent = cpu_seconds() - before;
  worker.stop();
  return {spent, metrics.render()};
}

double stage_figure(const std::string& metrics, const char* figure, const char* stage) {
  const std::string key =
      std::string("faultprint_stage_duration_seconds_") + figure + "{stage=\"" + stage + "\"} ";
  const auto at = metrics.find(key);
  return at == std::string::npos ? 0 : std::atof(metrics.c_str() + at + key.size());
}

}  // namespace

int main(int argc, char** argv) {
  const int slots = argc > 1 ? std::atoi(argv[1]) : 100;
  const config::Config config = make_config(kElements);
  const daemon::ModelPointer model = make_model(config);
  const Topic topic = serve(config, slots);
  config::LogConfig quiet;
  quiet.level = "error";
  daemon::log::configure(quiet);
  const auto n = static_cast<double>(topic.records);
  const double scored = n * (slots - config.group.stream.baseline.start) / slots;
  std::printf("%ld records of %zu bytes, %d elements, %.0f windows scored, kernels %s\n",
              topic.records, topic.samples[0].size(), kElements, scored, fp_isa());
  const double consumer = ns(bare_consumer(topic), n);
  const double json = ns(bare_json(topic, 500000), 500000);
  const double own = ns(own_json(topic, config, *model, 500000), 500000);
  const double network = ns(bare_network(*model, 200000), 200000);
  const EndToEnd all = end_to_end(topic, config, model);
  const double per_record = ns(all.cpu, n);
  const double parts = consumer + json + network * scored / n;
  std::printf("parts, ns a record: consumer %.0f, simdjson %.0f, network %.0f x %.2f: %.0f\n",
              consumer, json, network, scored / n, parts);
  std::printf("faultprint's decoder: %.0f ns, %.2f x simdjson alone\n", own, own / json);
  std::printf("end to end %.0f ns of CPU a record: ratio %.2f\n", per_record, per_record / parts);
  for (const char* stage : {"poll", "decode", "window", "score", "output"})
    std::printf("  stage %-7s %6.0f ns a record\n", stage,
                ns(stage_figure(all.metrics, "sum", stage), n));
  std::printf("  %.0f windows a batch\n", scored / stage_figure(all.metrics, "count", "score"));
  return 0;
}
