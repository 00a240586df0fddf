#include "ingest/kafka_state_log.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "ingest/kafka_topic_admin.h"

namespace faultprint::ingest {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostStateValue =
    512 * 1024;                             // half of what brokers take, unless told otherwise
constexpr std::size_t kBesideValue = 1024;  // of a record: key, header
constexpr std::size_t kMostOnTheWay = 4 * 1024 * 1024;
constexpr int kPurgeTimeMs = 1000;

// Records that are waited for together. Each of them holds it until its end is known.
struct Writing {
  std::atomic<std::size_t> left{0};
  std::atomic<std::size_t> bytes{0};                   // of them
  std::atomic<int> error{RD_KAFKA_RESP_ERR_NO_ERROR};  // the first one
};
using WritingPointer = std::shared_ptr<Writing>;

void settle(void* opaque, rd_kafka_resp_err_t error, std::size_t bytes) {
  const std::unique_ptr<WritingPointer> writing(static_cast<WritingPointer*>(opaque));
  int none = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (error) (*writing)->error.compare_exchange_strong(none, error);
  (*writing)->bytes -= bytes;
  --(*writing)->left;
}

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  settle(message->_private, message->err, message->len);
}

int left_ms(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return std::max(0, static_cast<int>(left.count()));
}

// librdkafka's own queue, whatever the workers' consumers have: what is read is taken at once, and
// 2.0.x pauses for a second where a queue was full.
KafkaHandle make_state_reader(const config::KafkaConfig& kafka) {
  config::KafkaConfig own = without_group(kafka);
  for (const char* name : {"queued.min.messages", "queued.max.messages.kbytes"})
    own.properties.erase(name);
  return make_client(
      RD_KAFKA_CONSUMER,
      make_conf(own, {{"client.id", "faultprint-state"}, {"fetch.wait.max.ms", "10"}},
                {{"enable.partition.eof", "true"}, {"auto.offset.reset", "earliest"}}));
}

std::shared_ptr<rd_kafka_t> make_writer(const config::KafkaConfig& kafka, std::size_t& most_bytes) {
  KafkaConf conf = make_conf(kafka,
                             {{"enable.idempotence", "true"},
                              {"compression.codec", "lz4"},
                              {"message.timeout.ms", "20000"},
                              {"client.id", "faultprint-state"}},
                             {});
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  char text[32] = "";
  std::size_t size = sizeof text;
  if (rd_kafka_conf_get(conf.get(), "message.max.bytes", text, &size) == RD_KAFKA_CONF_OK)
    most_bytes = std::min(
        most_bytes,
        std::max(2 * kBesideValue, std::size_t{std::strtoull(text, nullptr, 10)}) - kBesideValue);
  KafkaHandle writer = make_client(RD_KAFKA_PRODUCER, std::move(conf));
  const auto destroy = writer.get_deleter();
  return {writer.release(), [destroy](rd_kafka_t* ended) {
            // What is still on the way holds its Writing until its end is known.
            rd_kafka_purge(ended, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
            rd_kafka_flush(ended, kPurgeTimeMs);
            destroy(ended);
          }};
}

}  // namespace

struct KafkaStateLog::Impl {
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("state.topic: " + topic + ": " + why);
  }
  [[noreturn]] void fail(rd_kafka_resp_err_t error) const { fail(rd_kafka_err2str(error)); }

  std::shared_ptr<rd_kafka_t> writer() {
    const std::lock_guard lock(writer_mutex);
    return current_writer;
  }
  rd_kafka_resp_err_t produce(rd_kafka_t* writer, int partition, const StateRecord& record,
                              void* opaque) const;
  // The first error, ERR__TIMED_OUT where some of them are not known yet.
  rd_kafka_resp_err_t write(rd_kafka_t* writer, int partition, const Fill& fill,
                            Clock::time_point deadline);
  void put(rd_kafka_t* writer, int partition, const StateRecord& record,
           const WritingPointer& writing, Clock::time_point deadline) const;
  bool replace_ended(const std::shared_ptr<rd_kafka_t>& writer);

  config::KafkaConfig kafka;
  std::string topic;
  std::size_t most_bytes = kMostStateValue;
  std::mutex mutex;                 // guards the reader
  std::atomic<int> partitions{-1};  // not known
  KafkaHandle reader;
  std::mutex writer_mutex;  // guards which one it is
  std::shared_ptr<rd_kafka_t> current_writer;
};

KafkaStateLog::KafkaStateLog(const config::KafkaConfig& kafka, std::string topic)
    : impl_(std::make_unique<Impl>()) {
  impl_->kafka = kafka;
  impl_->topic = std::move(topic);
  impl_->reader = make_state_reader(kafka);
  impl_->current_writer = make_writer(kafka, impl_->most_bytes);
}

KafkaStateLog::~KafkaStateLog() = default;

std::size_t KafkaStateLog::most_bytes() const { return impl_->most_bytes; }

int KafkaStateLog::partitions(Milliseconds timeout) {
  if (const int known = impl_->partitions; known > 0) return known;
  const std::lock_guard lock(impl_->mutex);
  try {
    return impl_->partitions = compacted_topic(*impl_->reader, impl_->topic, timeout);
  } catch (const std::runtime_error& e) {
    impl_->fail(e.what());
  }
}

rd_kafka_resp_err_t KafkaStateLog::Impl::produce(rd_kafka_t* writer, int partition,
                                                 const StateRecord& record, void* opaque) const {
  void* const value =
      record.value.empty() ? nullptr : const_cast<char*>(record.value.data());  // deleted
  return rd_kafka_producev(writer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                           RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                           RD_KAFKA_V_VALUE(value, record.value.size()),
                           RD_KAFKA_V_TIMESTAMP(record.time_us / 1000), RD_KAFKA_V_OPAQUE(opaque),
                           RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

// Nothing after an error: what follows would stand for it.
void KafkaStateLog::Impl::put(rd_kafka_t* writer, int partition, const StateRecord& record,
                              const WritingPointer& writing, Clock::time_point deadline) const {
  const std::size_t bytes = record.value.size();
  while (!writing->error && writing->bytes > 0 && writing->bytes + bytes > kMostOnTheWay &&
         Clock::now() < deadline)
    rd_kafka_poll(writer, 20);
  if (writing->error) return;
  ++writing->left;
  writing->bytes += bytes;
  auto* const opaque = new WritingPointer(writing);
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
  while (Clock::now() < deadline) {
    error = produce(writer, partition, record, opaque);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) break;
    rd_kafka_poll(writer, 20);
  }
  if (error) settle(opaque, error, bytes);
}

rd_kafka_resp_err_t KafkaStateLog::Impl::write(rd_kafka_t* writer, int partition, const Fill& fill,
                                               Clock::time_point deadline) {
  const auto writing = std::make_shared<Writing>();
  fill([&](const StateRecord& record) { put(writer, partition, record, writing, deadline); });
  while (writing->left > 0 && Clock::now() < deadline) rd_kafka_poll(writer, 20);
  const auto error = static_cast<rd_kafka_resp_err_t>(writing->error.load());
  if (error || writing->left == 0) return error;
  return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

// An idempotent producer ends for good where it could not keep its promise of order (the brokers
// lost what they knew of it, as with a topic whose log was cut). Snapshots need no order beyond
// one's own records, which are written anew.
bool KafkaStateLog::Impl::replace_ended(const std::shared_ptr<rd_kafka_t>& writer) {
  char why[512] = "";
  if (!rd_kafka_fatal_error(writer.get(), why, sizeof why)) return false;
  const std::lock_guard lock(writer_mutex);
  if (current_writer != writer) return true;  // by another thread
  log_kafka(kSyslogWarning, "state.topic: " + topic + ": another producer is made: " + why);
  std::size_t as_before = most_bytes;
  current_writer = make_writer(kafka, as_before);
  return true;
}

void KafkaStateLog::write(int partition, const Fill& fill, Milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  std::shared_ptr<rd_kafka_t> writer = impl_->writer();
  rd_kafka_resp_err_t error = impl_->write(writer.get(), partition, fill, deadline);
  if (error && impl_->replace_ended(writer)) {
    writer = impl_->writer();
    error = impl_->write(writer.get(), partition, fill, deadline);
  }
  if (!error) return;
  impl_->partitions = -1;  // it may have been made again
  if (error != RD_KAFKA_RESP_ERR__TIMED_OUT) impl_->fail(error);
  impl_->fail("not written within " + std::to_string(timeout.count()) + " ms");
}

PartitionLimits KafkaStateLog::limits(int partition, Milliseconds timeout) {
  const std::lock_guard lock(impl_->mutex);
  PartitionLimits limits;
  const auto error = rd_kafka_query_watermark_offsets(impl_->reader.get(), impl_->topic.c_str(),
                                                      partition, &limits.first, &limits.end,
                                                      static_cast<int>(timeout.count()));
  if (!error) return limits;
  impl_->partitions = -1;
  impl_->fail(error);
}

void KafkaStateLog::read(int partition, std::int64_t from, std::int64_t end, const Take& take,
                         Milliseconds timeout) {
  if (from >= end) return;
  const std::lock_guard lock(impl_->mutex);
  Clock::time_point deadline = Clock::now() + timeout;  // of the next record
  const TopicHandle topic(rd_kafka_topic_new(impl_->reader.get(), impl_->topic.c_str(), nullptr));
  if (!topic || rd_kafka_consume_start(topic.get(), partition, from) != 0)
    impl_->fail(rd_kafka_last_error());
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
  while (left_ms(deadline) > 0) {
    const MessageHandle message(rd_kafka_consume(topic.get(), partition, left_ms(deadline)));
    if (!message) break;
    const bool at_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (message->err && !at_end) {
      error = message->err;
      break;
    }
    if (!at_end && message->offset < end) {
      take({std::string(static_cast<const char*>(message->key), message->key_len),
            std::string(static_cast<const char*>(message->payload), message->len),
            rd_kafka_message_timestamp(message.get(), nullptr) * 1000, message->offset});
      deadline = Clock::now() + timeout;
    }
    if (at_end || message->offset >= end - 1) {
      error = RD_KAFKA_RESP_ERR_NO_ERROR;
      break;
    }
  }
  rd_kafka_consume_stop(topic.get(), partition);
  if (error) impl_->fail(error);
}

}  // namespace faultprint::ingest
