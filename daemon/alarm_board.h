// The alarms that are up, of all workers, for who asks over HTTP. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/active_alarm.h"
#include "daemon/alarm_folds.h"

namespace faultprint::daemon {

class AlarmBoard {
 public:
  void put(const ActiveAlarm& alarm);
  void remove(const std::string& id);
  std::optional<ActiveAlarm> find(const std::string& id) const;
  // A raise, a change or a clearing. What is up as it is by now; nothing where it is not.
  std::optional<ActiveAlarm> apply(const AlarmEvent& event);

  // Of a group of elements; it stays where it is.
  AlarmFolds& folds(const std::string& group = "");
  // To be held while events are folded, told and shown: a group's alarm is of several workers, and
  // its raise must not come after its clearing.
  std::unique_lock<std::mutex> turn() { return std::unique_lock(turn_); }

  std::size_t size() const;
  // {"total": ..., "alarms": [...]}: the newest first, at most `limit`; of one element where it is
  // not empty.
  std::string to_json(std::size_t limit, const std::string& element) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, ActiveAlarm> alarms_;  // by id
  std::map<std::string, AlarmFolds> folds_;    // by group of elements
  std::mutex turn_;
};

// As it is at its raise.
ActiveAlarm alarm_of(const AlarmEvent& raised);

// An alarm as the API shows it, as JSON text.
std::string to_json(const ActiveAlarm& alarm);

}  // namespace faultprint::daemon
