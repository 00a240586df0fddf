#include "ingest/kafka_topic_reader.h"

#include <algorithm>

namespace faultprint::ingest {
namespace {

using ReaderClock = std::chrono::steady_clock;

constexpr std::size_t kMostAtOnce = 1000;
constexpr std::size_t kMostBytesAtOnce = std::size_t{1} << 20;
constexpr int kMetadataTimeMs = 1000;
constexpr auto kReaderLooksAgain = std::chrono::seconds(1);    // while there is no partition
constexpr auto kReaderLooksForNew = std::chrono::seconds(10);  // whether some were added

}  // namespace

KafkaTopicReader::KafkaTopicReader(const config::KafkaConfig& kafka, std::string topic,
                                   const std::string& client_id)
    : topic_(std::move(topic)) {
  KafkaConf conf = make_conf(
      without_group(kafka),
      {{"client.id", client_id}, {"fetch.wait.max.ms", "100"}, {"queued.min.messages", "1000"}},
      {{"enable.partition.eof", "true"}, {"auto.offset.reset", "earliest"}});
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  client_ = make_client(RD_KAFKA_CONSUMER, std::move(conf));
  handle_.reset(rd_kafka_topic_new(client_.get(), topic_.c_str(), nullptr));
  queue_.reset(rd_kafka_queue_new(client_.get()));
  if (!handle_ || !queue_) throw std::runtime_error("kafka.control_topic: cannot be read");
}

KafkaTopicReader::~KafkaTopicReader() {
  for (const auto& [partition, read] : partitions_) rd_kafka_consume_stop(handle_.get(), partition);
}

void KafkaTopicReader::on_error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  auto& self = *static_cast<KafkaTopicReader*>(opaque);
  // "All brokers are down" follows the one that says why.
  if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || self.reason_.empty()) self.reason_ = reason;
}

void KafkaTopicReader::look_for_partitions() {
  const auto now = ReaderClock::now();
  if (now < next_look_) return;
  next_look_ = now + kReaderLooksAgain;
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client_.get(), 0, handle_.get(), &metadata, kMetadataTimeMs);
  if (error) {
    trouble_ = reason_.empty() ? rd_kafka_err2str(error) : reason_;
    return;
  }
  const rd_kafka_metadata_topic_t* const topic =
      metadata->topic_cnt == 1 ? metadata->topics : nullptr;
  if (topic == nullptr || topic->err || topic->partition_cnt == 0) {
    trouble_ = topic != nullptr && topic->err ? rd_kafka_err2str(topic->err) : "has no partition";
  } else {
    for (std::int32_t partition = 0; partition < topic->partition_cnt; ++partition)
      if (!partitions_.contains(partition) &&
          rd_kafka_consume_start_queue(handle_.get(), partition, RD_KAFKA_OFFSET_BEGINNING,
                                       queue_.get()) == 0)
        partitions_[partition] = {};
    trouble_.clear();
    reason_.clear();
    ask_again();
    next_look_ = now + (trouble().empty() ? kReaderLooksForNew : kReaderLooksAgain);
  }
  rd_kafka_metadata_destroy(metadata);
}

// Who may see the topic but not read it (Describe without Read) gets its metadata all the same, and
// librdkafka says so of a fetch only once, nor that it is over where nothing new has come. From the
// same place anew, it says which of the two it is.
void KafkaTopicReader::ask_again() {
  for (const auto& [partition, read] : partitions_)
    if (!read.refused.empty()) rd_kafka_seek(handle_.get(), partition, read.next, 0);
}

const std::string& KafkaTopicReader::trouble() const {
  if (!trouble_.empty()) return trouble_;
  for (const auto& [partition, read] : partitions_)
    if (!read.refused.empty()) return read.refused;
  return trouble_;
}

// False when it is no record.
bool KafkaTopicReader::take(const rd_kafka_message_t& message, std::vector<Record>& records) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    partitions_[message.partition].whole = true;
    partitions_[message.partition].refused.clear();
    return false;
  }
  if (message.err) {
    if (message.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
      partitions_[message.partition].refused = rd_kafka_message_errstr(&message);
    else
      trouble_ = rd_kafka_message_errstr(&message);
    next_look_ = {};  // which tells, too, when it is over
    return false;
  }
  Partition& from = partitions_[message.partition];
  from.refused.clear();
  from.next = message.offset + 1;
  const std::int64_t time_ms = rd_kafka_message_timestamp(&message, nullptr);
  records.push_back({std::string(static_cast<const char*>(message.payload), message.len),
                     time_ms < 0 ? 0 : time_ms * 1000, message.partition, message.offset});
  return true;
}

std::vector<KafkaTopicReader::Record> KafkaTopicReader::poll(std::chrono::milliseconds timeout) {
  look_for_partitions();
  rd_kafka_poll(client_.get(), 0);
  std::vector<Record> records;
  std::size_t bytes = 0;
  const auto deadline = ReaderClock::now() + timeout;
  while (records.size() < kMostAtOnce && bytes < kMostBytesAtOnce) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - ReaderClock::now());
    const int wait =
        records.empty() ? static_cast<int>(std::max<std::int64_t>(left.count(), 0)) : 0;
    const MessageHandle message(rd_kafka_consume_queue(queue_.get(), wait));
    if (!message) break;
    bytes += message->len;
    if (!take(*message, records) && !trouble().empty()) break;
  }
  return records;
}

bool KafkaTopicReader::whole() const {
  return !partitions_.empty() &&
         std::all_of(partitions_.begin(), partitions_.end(),
                     [](const auto& partition) { return partition.second.whole; });
}

}  // namespace faultprint::ingest
