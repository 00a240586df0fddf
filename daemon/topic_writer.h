// History into a Kafka topic, at a pace: key = element, record timestamp = event time.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "daemon/history_record.h"
#include "ingest/kafka_producer.h"

namespace faultprint::daemon {

struct Pace {
  double speed = 0;  // event seconds per second; 0: any
  double rate = 0;   // records per second; 0: any
  // Of event time; the rest of a longer one is skipped.
  double longest_gap_s = std::numeric_limits<double>::infinity();
};

class TopicWriter {
 public:
  // std::runtime_error, too, where no broker answers in `patience`.
  TopicWriter(const config::KafkaConfig& kafka, std::string topic, std::vector<std::string> fields,
              const Pace& pace, std::chrono::milliseconds patience = std::chrono::seconds(10));

  // Sleeps until a record of that event time is due.
  void wait(std::int64_t time_us);
  // Throws as KafkaProducer does.
  void write(const HistoryRecord& record);
  void flush();

 private:
  using Clock = std::chrono::steady_clock;

  ingest::KafkaProducer producer_;
  std::string topic_;
  std::vector<std::string> fields_;
  Pace pace_;
  Clock::time_point started_;
  double event_s_ = 0;                     // that have passed
  std::optional<std::int64_t> newest_us_;  // event time reached
  std::size_t waits_ = 0;
};

// {"element": ..., "time": ..., "kpis": {...}}; fields: names of its values, then of its texts.
std::string to_json_record(const HistoryRecord& record, const std::vector<std::string>& fields);

}  // namespace faultprint::daemon
