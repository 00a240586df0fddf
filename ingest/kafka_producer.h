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
  // What becomes of a record that the brokers refuse because of its topic: the right to write there
  // was withdrawn, or it was deleted. `wait`: it is held, in order, and tried again.
  enum class Refused { fail, wait };

  explicit KafkaProducer(const config::KafkaConfig& kafka, Refused refused = Refused::fail);
  ~KafkaProducer();

  // Copies key and value; waits while the local queue is full. time_us: the record's timestamp.
  // Throws std::runtime_error when an earlier record was finally not delivered.
  void send(const std::string& topic, std::string_view key, std::string_view value,
            std::int64_t time_us);

  // Waits until all is delivered; throws std::runtime_error naming what was not.
  void flush(std::chrono::milliseconds timeout);

  // Whether all is delivered before the time is up. Tries those that are held. Throws as send()
  // does.
  bool delivered(std::chrono::milliseconds timeout);

  std::string trouble() const;  // why records are held; "" when none is
  std::size_t held() const;     // bytes

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
