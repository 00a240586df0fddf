#include <librdkafka/rdkafka.h>

#include <utility>

#include "ingest/kafka_consumer.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

rd_kafka_message_t* message_of(void* message) { return static_cast<rd_kafka_message_t*>(message); }

}  // namespace

KafkaRecord::~KafkaRecord() {
  if (message_ != nullptr) rd_kafka_message_destroy(message_of(message_));
}

KafkaRecord::KafkaRecord(KafkaRecord&& other) noexcept
    : message_(std::exchange(other.message_, nullptr)) {}

KafkaRecord& KafkaRecord::operator=(KafkaRecord&& other) noexcept {
  std::swap(message_, other.message_);
  return *this;
}

std::string_view KafkaRecord::payload() const {
  const rd_kafka_message_t* message = message_of(message_);
  if (message->payload == nullptr) return {};
  return {static_cast<const char*>(message->payload), message->len};
}

std::string_view KafkaRecord::key() const {
  const rd_kafka_message_t* message = message_of(message_);
  if (message->key == nullptr) return {};
  return {static_cast<const char*>(message->key), message->key_len};
}

std::string_view KafkaRecord::header(const std::string& name) const {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(message_of(message_), &headers) ||
      rd_kafka_header_get_last(headers, name.c_str(), &value, &size))
    return {};
  return {static_cast<const char*>(value), size};
}

std::vector<std::pair<std::string_view, std::string_view>> KafkaRecord::headers() const {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(message_of(message_), &headers)) return all;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &size); ++i)
    all.emplace_back(name, std::string_view(static_cast<const char*>(value), size));
  return all;
}

std::string_view KafkaRecord::topic() const {
  return rd_kafka_topic_name(message_of(message_)->rkt);
}

const void* KafkaRecord::topic_handle() const { return message_of(message_)->rkt; }

std::int32_t KafkaRecord::partition() const { return message_of(message_)->partition; }

std::int64_t KafkaRecord::offset() const { return message_of(message_)->offset; }

std::int64_t KafkaRecord::timestamp_us() const {
  const std::int64_t timestamp_ms = rd_kafka_message_timestamp(message_of(message_), nullptr);
  return timestamp_ms < 0 || timestamp_ms > kMaxTimeUs / 1000 ? 0 : timestamp_ms * 1000;
}

}  // namespace faultprint::ingest
