#include "daemon/late_alarms.h"

namespace faultprint::daemon {
namespace {

bool is_late(std::int64_t event_us, std::int64_t now_us, config::Microseconds max_age) {
  // A stream without a watermark has come nowhere yet.
  return max_age.count() > 0 && (event_us < 0 || now_us - event_us > max_age.count());
}

}  // namespace

bool LateAlarms::hold(const ActiveAlarm& alarm, bool is_new, std::int64_t event_us,
                      std::int64_t now_us, config::Microseconds max_age) {
  if (!is_late(event_us, now_us, max_age)) return false;
  held_.try_emplace(alarm.id, Held{alarm, is_new});
  return true;
}

bool LateAlarms::remove(const std::string& id) { return held_.erase(id) > 0; }

std::vector<LateAlarms::Held> LateAlarms::due(std::int64_t event_us, std::int64_t now_us,
                                              config::Microseconds max_age) {
  std::vector<Held> due;
  if (held_.empty() || is_late(event_us, now_us, max_age)) return due;
  for (auto& [id, held] : held_) due.push_back(std::move(held));
  held_.clear();
  return due;
}

}  // namespace faultprint::daemon
