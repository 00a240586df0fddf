#include "config/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace faultprint::config {
namespace {

constexpr date::sys_days kLastChange = date::year(2200) / 1 / 1;

std::optional<int> fixed_offset_s(const std::string& name) {
  if (name == "UTC") return 0;
  const auto digit = [&](std::size_t at) { return name[at] - '0'; };
  if (name.size() != 6 || (name[0] != '+' && name[0] != '-') || name[3] != ':') return std::nullopt;
  for (const std::size_t at : {1, 2, 4, 5})
    if (digit(at) < 0 || digit(at) > 9) return std::nullopt;
  const int hours = 10 * digit(1) + digit(2);
  const int minutes = 10 * digit(4) + digit(5);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (name[0] == '-' ? -60 : 60) * (60 * hours + minutes);
}

}  // namespace

void TimeZone::change(std::int64_t utc_s, int offset_s) {
  const int now_s = spans_.empty() ? before_s_ : spans_.back().offset_s;
  if (offset_s == now_s) return;
  const std::int64_t from_s = utc_s + std::max(now_s, offset_s);
  if (!spans_.empty() && from_s <= spans_.back().from_s) return;
  spans_.push_back({from_s, offset_s});
}

int TimeZone::offset_s(std::int64_t local_s) const {
  const auto next =
      std::upper_bound(spans_.begin(), spans_.end(), local_s,
                       [](std::int64_t time_s, const Span& span) { return time_s < span.from_s; });
  return next == spans_.begin() ? before_s_ : std::prev(next)->offset_s;
}

std::shared_ptr<const TimeZone> find_zone(const std::string& name) {
  if (const auto fixed = fixed_offset_s(name)) return std::make_shared<const TimeZone>(*fixed);
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
  date::sys_info span = zone->get_info(date::sys_seconds());
  TimeZone changes(static_cast<int>(span.offset.count()));
  while (span.end < kLastChange) {
    span = zone->get_info(span.end);
    changes.change(span.begin.time_since_epoch().count(), static_cast<int>(span.offset.count()));
  }
  return std::make_shared<const TimeZone>(std::move(changes));
}

}  // namespace faultprint::config
