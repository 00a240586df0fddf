// What a record must cost at least: a bare librdkafka consumer, simdjson alone, the encoder's
// matrix products alone.
#pragma once

#include <librdkafka/rdkafka.h>
#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bench/synthetic.h"
#include "model/kernels/kernels.h"

namespace faultprint::bench {

constexpr int kPartitions = 160;  // the mock keeps 5 MiB a partition

struct Topic {
  std::string brokers;
  long records = 0;
  std::vector<std::string> samples;  // some of its records
};

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

// The encoder's products as Eigen has them, on a batch of windows that stays where it is.
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

inline Parts mean(const Parts& a, const Parts& b) {
  return {(a.consumer + b.consumer) / 2, (a.json + b.json) / 2, (a.network + b.network) / 2};
}

// The three side by side on the same records, each in a loop of its own over a micro-batch, while
// the broker is at work as it is beside the product.
inline Parts bare_parts(const Topic& topic, const daemon::LoadedModel& model) {
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

}  // namespace faultprint::bench
