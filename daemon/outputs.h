// Where verdicts and alarm events of all workers go: files of JSON lines, and the log. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/alarm_tracker.h"
#include "daemon/output_lines.h"
#include "daemon/recent_events.h"

namespace faultprint::daemon {

class Outputs {
 public:
  explicit Outputs(const config::OutputConfig& options);

  bool wants(Outcome outcome) const;  // are verdicts of this kind written?
  // Whole lines; with the operating system when this returns. std::runtime_error when it fails.
  void verdicts(const std::string& lines);
  // Leaves out those that the file holds already: an alarm is told once, though its records are
  // read again.
  void alarms(const std::vector<AlarmEvent>& events);
  // Everything given so far outlives a power failure; std::runtime_error when that fails.
  void sync();

 private:
  config::VerdictOutput which_;
  std::mutex mutex_;
  OutputLines verdict_lines_;
  OutputLines alarm_lines_;
  RecentEvents told_;
};

}  // namespace faultprint::daemon
