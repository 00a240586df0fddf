#include "ingest/kafka_sample.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "ingest/kafka_conf.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::ingest {

namespace {

using SampleClock = std::chrono::steady_clock;

void keep_error(rd_kafka_t*, int, const char* reason, void* opaque) {
  *static_cast<std::string*>(opaque) = reason;
}

// Group-less: with librdkafka's simple consumer there is nothing that could be committed.
class TopicReader {
 public:
  TopicReader(const config::KafkaConfig& kafka, const std::string& topic,
              std::chrono::milliseconds timeout);
  ~TopicReader();

  TopicSample read(SampleFrom from, std::size_t most);

 private:
  struct Part {
    std::int64_t begin = 0;  // offsets; what is there when reading begins
    std::int64_t end = 0;
    std::size_t wanted = 0;
    std::size_t read = 0;
    bool done = false;
  };

  int left_ms() const;
  [[noreturn]] void fail(const std::string& what, rd_kafka_resp_err_t error);
  void find_parts();
  void start(SampleFrom from, std::size_t most);
  void take(const rd_kafka_message_t& message, const KafkaRecord& record, TopicSample& sample);
  bool done() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const auto& p) { return p.second.done; });
  }

  std::string brokers_;
  std::string name_;
  SampleClock::time_point deadline_;
  std::string last_error_;
  KafkaHandle client_;
  TopicHandle topic_;
  QueueHandle queue_;
  std::map<std::int32_t, Part> parts_;
};

KafkaConf sample_conf(config::KafkaConfig kafka, std::string* last_error) {
  for (const char* name : {"group.id", "group.instance.id", "enable.partition.eof",
                           "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store"})
    kafka.properties.erase(name);
  KafkaConf conf =
      make_conf(kafka, {{"client.id", "faultprint-probe"}, {"fetch.wait.max.ms", "50"}},
                {{"enable.partition.eof", "true"}, {"auto.offset.reset", "earliest"}});
  rd_kafka_conf_set_opaque(conf.get(), last_error);
  rd_kafka_conf_set_error_cb(conf.get(), keep_error);
  return conf;
}

TopicReader::TopicReader(const config::KafkaConfig& kafka, const std::string& topic,
                         std::chrono::milliseconds timeout)
    : brokers_(kafka.brokers),
      name_(topic),
      deadline_(SampleClock::now() + timeout),
      client_(make_client(RD_KAFKA_CONSUMER, sample_conf(kafka, &last_error_))),
      topic_(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr)),
      queue_(rd_kafka_queue_new(client_.get())) {
  if (!topic_) throw std::runtime_error("topic " + topic + ": is no name of a topic");
  find_parts();
}

TopicReader::~TopicReader() {
  for (const auto& [partition, part] : parts_)
    if (part.wanted > 0) rd_kafka_consume_stop(topic_.get(), partition);
}

int TopicReader::left_ms() const {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - SampleClock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 1));
}

void TopicReader::fail(const std::string& what, rd_kafka_resp_err_t error) {
  rd_kafka_poll(client_.get(), 0);  // lets the client say what it knows
  const std::string why = last_error_.empty() ? rd_kafka_err2str(error) : last_error_;
  throw std::runtime_error(what + ": " + why);
}

void TopicReader::find_parts() {
  const rd_kafka_metadata_t* metadata = nullptr;
  if (const auto error = rd_kafka_metadata(client_.get(), 0, topic_.get(), &metadata, left_ms()))
    fail("no broker answers at " + brokers_, error);
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int t = 0; t < metadata->topic_cnt; ++t) {
    error = metadata->topics[t].err;
    for (int p = 0; p < metadata->topics[t].partition_cnt; ++p)
      parts_[metadata->topics[t].partitions[p].id] = {};
  }
  rd_kafka_metadata_destroy(metadata);
  if (error) throw std::runtime_error("topic " + name_ + ": " + rd_kafka_err2str(error));
  if (parts_.empty()) throw std::runtime_error("topic " + name_ + ": has no partition");
  for (auto& [partition, part] : parts_) {
    error = rd_kafka_query_watermark_offsets(client_.get(), name_.c_str(), partition, &part.begin,
                                             &part.end, left_ms());
    if (error) fail("topic " + name_ + ", partition " + std::to_string(partition), error);
  }
}

void TopicReader::start(SampleFrom from, std::size_t most) {
  const auto holding = static_cast<std::size_t>(std::count_if(
      parts_.begin(), parts_.end(), [](const auto& p) { return p.second.end > p.second.begin; }));
  for (auto& [partition, part] : parts_) {
    part.done = part.end <= part.begin;
    if (part.done) continue;
    const auto wanted = static_cast<std::int64_t>(std::max<std::size_t>(1, most / holding));
    const std::int64_t begin =
        from == SampleFrom::latest ? std::max(part.begin, part.end - wanted) : part.begin;
    if (rd_kafka_consume_start_queue(topic_.get(), partition, begin, queue_.get()) != 0)
      fail("topic " + name_, rd_kafka_last_error());
    part.wanted = static_cast<std::size_t>(wanted);
  }
}

void TopicReader::take(const rd_kafka_message_t& message, const KafkaRecord& record,
                       TopicSample& sample) {
  const auto found = parts_.find(message.partition);
  if (message.err && message.err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
    throw std::runtime_error("topic " + name_ + ": " + rd_kafka_message_errstr(&message));
  if (found == parts_.end() || found->second.done) return;
  Part& part = found->second;
  // The partition's end is told as an error.
  part.done = message.err || message.offset + 1 >= part.end || part.read + 1 >= part.wanted;
  if (message.err) return;
  ++part.read;
  sample.records.push_back({std::string(record.payload()), std::string(record.key()),
                            record.timestamp_us(), record.partition()});
  for (const auto& [name, value] : record.headers())
    sample.records.back().headers.emplace_back(name, value);
}

TopicSample TopicReader::read(SampleFrom from, std::size_t most) {
  TopicSample sample;
  sample.partitions = static_cast<int>(parts_.size());
  for (const auto& [partition, part] : parts_) sample.held += part.end - part.begin;
  start(from, most);
  while (!done() && (sample.in_time = SampleClock::now() < deadline_)) {
    rd_kafka_message_t* const message = rd_kafka_consume_queue(queue_.get(), left_ms());
    if (message == nullptr) continue;
    const KafkaRecord record(message);  // owns it
    take(*message, record, sample);
  }
  return sample;
}

}  // namespace

TopicSample sample_topic(const config::KafkaConfig& kafka, const std::string& topic,
                         SampleFrom from, std::size_t most, std::chrono::milliseconds timeout) {
  return TopicReader(kafka, topic, timeout).read(from, most);
}

}  // namespace faultprint::ingest
