// Some records of a topic, read without any consumer group: nothing is committed, nobody is
// disturbed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"

namespace faultprint::ingest {

struct SampledRecord {
  std::string payload;
  std::string key;
  std::int64_t time_us = 0;  // the record's own timestamp; 0 where it has none
  std::int32_t partition = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct TopicSample {
  std::vector<SampledRecord> records;  // those of a partition in its order
  std::int64_t held = 0;               // offsets that the topic holds
  int partitions = 0;
  bool in_time = true;  // false: the time was over before all that was wanted had come
};

enum class SampleFrom { earliest, latest };

// At most so many records, shared out evenly among the partitions that hold any. Throws
// std::runtime_error where no broker answers or there is no such topic, with librdkafka's words.
TopicSample sample_topic(const config::KafkaConfig& kafka, const std::string& topic,
                         SampleFrom from, std::size_t most, std::chrono::milliseconds timeout);

}  // namespace faultprint::ingest
