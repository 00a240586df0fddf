// Reads kafka.control_topic, from its first record on and for as long as the daemon runs, on a
// thread of its own.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "config/config.h"
#include "daemon/control_board.h"
#include "daemon/metrics.h"
#include "ingest/kafka_topic_reader.h"

namespace faultprint::daemon {

class ControlReading {
 public:
  // Throws std::runtime_error with librdkafka's words on a bad setting. What it reads is shown on
  // the board, which outlives it, as metrics do.
  ControlReading(const config::KafkaConfig& kafka, ControlBoard& board, Metrics& metrics);
  ~ControlReading();

  // All that was there when it began is on the board: workers may start.
  bool whole() const { return whole_; }
  // Why it cannot be read; "" when all is well.
  std::string trouble() const;

 private:
  void run(const std::stop_token& stop);
  bool take(const std::vector<ingest::KafkaTopicReader::Record>& records);
  void tell_trouble(const std::string& now);

  std::string topic_;
  ControlBoard& board_;
  Metrics& metrics_;
  ingest::KafkaTopicReader reader_;
  ControlPlans plans_;
  std::chrono::steady_clock::time_point next_warning_;
  std::uint64_t not_told_ = 0;  // bad records since the last warning
  std::atomic<bool> whole_ = false;
  mutable std::mutex mutex_;
  std::string trouble_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace faultprint::daemon
