// Alarms that were raised while the stream was being caught up with: events, and no page until the
// present is reached with the alarm still up.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/active_alarm.h"

namespace faultprint::daemon {

// Of one partition. Times are microseconds since 1970; max_age 0: nothing is ever late.
class LateAlarms {
 public:
  struct Held {
    ActiveAlarm alarm;
    bool is_new = false;  // yet to be counted as raised: it is not one known from before
  };
  // Keeps the alarm back where event time lies further behind the wall clock than that.
  bool hold(const ActiveAlarm& alarm, bool is_new, std::int64_t event_us, std::int64_t now_us,
            config::Microseconds max_age);
  bool empty() const { return held_.empty(); }
  bool holds(const std::string& id) const { return held_.contains(id); }
  bool remove(const std::string& id);  // false: it was not kept back
  // Those whose turn it is, now that the stream has come so far; they are kept back no more.
  std::vector<Held> due(std::int64_t event_us, std::int64_t now_us, config::Microseconds max_age);

 private:
  std::map<std::string, Held> held_;  // by id
};

}  // namespace faultprint::daemon
