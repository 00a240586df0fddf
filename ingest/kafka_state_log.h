// A compacted topic used as a store, as a database uses its log: records are written by key, and
// read back from its end (librdkafka). From any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "config/config.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::ingest {

struct StateRecord {
  std::string key;
  std::string value;         // empty: the key is deleted
  std::int64_t time_us = 0;  // the record's own timestamp
  std::int64_t offset = -1;  // of one that was read
};

// Where a time is up, or brokers refuse, its functions throw std::runtime_error "state.topic:
// <topic>: <why>".
class KafkaStateLog {
 public:
  using Milliseconds = std::chrono::milliseconds;
  using Take = std::function<void(const StateRecord&)>;
  using Fill = std::function<void(const Take&)>;  // gives records, the same when asked again

  // Asks no broker yet. std::runtime_error on a bad setting.
  KafkaStateLog(const config::KafkaConfig& kafka, std::string topic);
  ~KafkaStateLog();

  // Of the topic; it is made, compacted, where it does not exist. One that somebody else made and
  // that is not compacted is told in the log.
  int partitions(Milliseconds timeout);
  // Afterwards all in-sync replicas have them. Their order holds, whatever fails. Some megabytes of
  // them are on their way at a time, and no more.
  // A producer that has ended for good (librdkafka's fatal errors) is replaced by another one.
  void write(int partition, const Fill& fill, Milliseconds timeout);
  PartitionLimits limits(int partition, Milliseconds timeout);
  // Those from offset `from` on, before `end`; compaction leaves holes.
  void read(int partition, std::int64_t from, std::int64_t end, const Take& take,
            Milliseconds timeout);
  // What a record's value may hold.
  std::size_t most_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
