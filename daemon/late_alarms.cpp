#include "daemon/late_alarms.h"

namespace faultprint::daemon {
namespace {

bool is_late(std::int64_t event_us, std::int64_t now_us, config::Microseconds max_age) {
  // A stream without a watermark has come nowhere yet.
  return max_age.count() > 0 && (event_us < 0 || now_us - event_us > max_age.count());
}

}  // namespace

bool LateAlarms::hold(const ActiveAlarm& alarm, std::int64_t event_us, std::int64_t now_us,
                      config::Microseconds max_age) {
  if (!is_late(event_us, now_us, max_age)) return false;
  held_[alarm.id] = alarm;
  return true;
}

bool LateAlarms::remove(const std::string& id) { return held_.erase(id) > 0; }

std::vector<ActiveAlarm> LateAlarms::due(std::int64_t event_us, std::int64_t now_us,
                                         config::Microseconds max_age) {
  std::vector<ActiveAlarm> alarms;
  if (held_.empty() || is_late(event_us, now_us, max_age)) return alarms;
  for (auto& [id, alarm] : held_) alarms.push_back(std::move(alarm));
  held_.clear();
  return alarms;
}

}  // namespace faultprint::daemon
