// The timestamp of single records, read through a consumer that belongs to no group.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/config.h"
#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

class KafkaLookup {
 public:
  explicit KafkaLookup(const config::KafkaConfig& kafka);

  // Of the last record before `offset`, in microseconds; -1 when it cannot be had in time.
  std::int64_t timestamp_before(const std::string& topic, std::int32_t partition,
                                std::int64_t offset, std::chrono::milliseconds timeout);

 private:
  KafkaHandle client_;
};

}  // namespace faultprint::ingest
