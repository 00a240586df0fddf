// Where verdicts and alarm events of all workers go: files of JSON lines, Kafka topics, and the
// log. Thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/active_alarm.h"
#include "daemon/output_lines.h"
#include "daemon/recent_events.h"
#include "ingest/kafka_producer.h"

namespace faultprint::daemon {

class Outputs {
 public:
  Outputs(const config::OutputConfig& options, const config::KafkaConfig& kafka);

  bool wants(Outcome outcome) const;  // are verdicts of this kind written?
  struct VerdictLine {
    const std::string& element;
    std::int64_t time_us;
    const std::string& line;
  };
  bool has_verdicts_topic() const { return !verdicts_topic_.empty(); }
  // To the topic alone, where there is one.
  void verdict(const VerdictLine& verdict);
  // Whole lines, to the file. What the file does not take, as on a full disk, is held and tried
  // again: trouble() says so, and sync() waits for it. std::runtime_error when too much is held.
  void verdicts(const std::string& lines);
  // Leaves out those that the file holds already: an alarm is told once, though its records are
  // read again. Of a topic nobody knows what it holds: there it may come again, with the same id.
  void alarms(const std::vector<AlarmEvent>& events);
  // Those that the file says are up, as it was opened.
  const std::map<std::string, ActiveAlarm>& silent_topics() const { return told_.silent_topics(); }
  // Whether everything given so far is on the disk, and with the brokers before the time is up.
  // OutputLost when the disk has lost something: then it has to be read from Kafka once more.
  bool sync(std::chrono::milliseconds patience);
  // Why a file or a topic takes nothing at the moment; "" when all do.
  std::string trouble() const;
  std::uint64_t failures();  // since the last call

 private:
  void send(const std::string& topic, const std::string& key, const std::string& line,
            std::int64_t time_us);
  // False when the file does not take what it is given.
  template <typename Act>
  bool tried(Act act);
  void note_failure(const std::string& why);
  void note_success();

  config::VerdictOutput which_;
  // Its own, so that who asks does not wait for a disk or a broker, as sync() does.
  mutable std::mutex trouble_mutex_;
  std::string trouble_;
  std::uint64_t failures_ = 0;
  std::mutex mutex_;  // guards all that follows
  OutputLines verdict_lines_;
  OutputLines alarm_lines_;
  RecentEvents told_;       // in the file
  RecentEvents told_here_;  // by this process
  std::string verdicts_topic_;
  std::string alarms_topic_;
  std::unique_ptr<ingest::KafkaProducer> producer_;  // null: no topic
};

}  // namespace faultprint::daemon
