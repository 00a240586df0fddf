// All of one topic, from its first record on, belonging to no group: for what every daemon has to
// know whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

// Use from one thread.
class KafkaTopicReader {
 public:
  struct Record {
    std::string payload;
    std::int64_t time_us = 0;  // the record's own; 0: it has none
    std::int32_t partition = 0;
    std::int64_t offset = 0;
  };

  // Throws std::runtime_error with librdkafka's words on a bad setting.
  KafkaTopicReader(const config::KafkaConfig& kafka, std::string topic,
                   const std::string& client_id);
  ~KafkaTopicReader();
  KafkaTopicReader(const KafkaTopicReader&) = delete;
  KafkaTopicReader& operator=(const KafkaTopicReader&) = delete;

  // What has come, waiting at most `timeout` for the first; bounded in count. A topic that is made
  // again is read again from its first record.
  std::vector<Record> poll(std::chrono::milliseconds timeout);
  // Every partition has been read to where its end was.
  bool whole() const;
  // Why nothing can be read; "" when all is well.
  const std::string& trouble() const;

 private:
  static void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque);
  void look_for_partitions();
  void ask_again();
  bool take(const rd_kafka_message_t& message, std::vector<Record>& records);

  std::string topic_;
  std::string reason_;  // librdkafka's, of the last connection that failed; before the client
  std::string trouble_ = "is not read yet";
  KafkaHandle client_;
  TopicHandle handle_;
  QueueHandle queue_;
  struct Partition {
    bool whole = false;  // read to the end once
    std::int64_t next = RD_KAFKA_OFFSET_BEGINNING;
    std::string refused;  // the broker's words, until it lets this be read
  };
  std::map<std::int32_t, Partition> partitions_;
  std::chrono::steady_clock::time_point next_look_;
};

}  // namespace faultprint::ingest
