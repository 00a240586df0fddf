// Which alarm events are out already, so that a restart that reads records again tells no alarm
// twice.
#pragma once

#include <map>
#include <string>
#include <unordered_set>

#include "daemon/active_alarm.h"

namespace faultprint::daemon {

// The newest kLimit to 2 * kLimit events. An event is known by alarm, kind and time; a
// change of a group's alarm by what it counts, too: many elements raise alarms at one time.
class RecentEvents {
 public:
  static constexpr std::size_t kLimit = 65536;

  // Takes up the events in the last 16 MiB of a file of alarm events; lines that are none are
  // passed over. A file that is not there holds none; "" and "-" neither.
  void load(const std::string& path);

  // Of those: alarms of silent topics that are up at the file's end, by id. No partition's snapshot
  // knows of them.
  const std::map<std::string, ActiveAlarm>& silent_topics() const { return silent_topics_; }

  // False when it was there before.
  bool add(const AlarmEvent& event);

 private:
  bool add(const std::string& id, const std::string& kind, const std::string& time);

  std::map<std::string, ActiveAlarm> silent_topics_;
  std::unordered_set<std::string> newer_;
  std::unordered_set<std::string> older_;
};

}  // namespace faultprint::daemon
