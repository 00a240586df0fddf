// Whether any broker answers, asked without joining a group: for a daemon that cannot read yet.
#pragma once

#include <chrono>
#include <string>

#include "config/config.h"
#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

// Use from one thread.
class KafkaReach {
 public:
  // Throws std::runtime_error with librdkafka's words on a bad setting.
  explicit KafkaReach(const config::KafkaConfig& kafka);
  KafkaReach(const KafkaReach&) = delete;  // the client knows where it is
  KafkaReach& operator=(const KafkaReach&) = delete;

  // "" once a broker answers, within `timeout`; else why none does.
  std::string trouble(std::chrono::milliseconds timeout);

 private:
  static void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque);

  std::string reason_;  // librdkafka's, of the last connection that failed; before the client
  KafkaHandle client_;
};

}  // namespace faultprint::ingest
