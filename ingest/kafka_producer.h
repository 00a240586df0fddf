// Writes records to Kafka (librdkafka), idempotent and ordered per key. Use from one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/config.h"

namespace faultprint::ingest {

class KafkaProducer {
 public:
  explicit KafkaProducer(const config::KafkaConfig& kafka);
  ~KafkaProducer();

  // Copies key and value; waits while the local queue is full. time_us: the record's timestamp.
  // Throws std::runtime_error when an earlier record was finally not delivered.
  void send(const std::string& topic, std::string_view key, std::string_view value,
            std::int64_t time_us);

  // Waits until all is delivered; throws std::runtime_error naming what was not.
  void flush(std::chrono::milliseconds timeout);

  // Whether all is delivered before the time is up. Throws as send() does.
  bool delivered(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
