#include "config/time_zone.h"

namespace faultprint::config {

std::optional<int> offset_s(const std::string& timezone) {
  if (timezone == "UTC") return 0;
  const auto digit = [&](std::size_t at) { return timezone[at] - '0'; };
  if (timezone.size() != 6 || (timezone[0] != '+' && timezone[0] != '-') || timezone[3] != ':')
    return std::nullopt;
  for (const std::size_t at : {1, 2, 4, 5})
    if (digit(at) < 0 || digit(at) > 9) return std::nullopt;
  const int hours = 10 * digit(1) + digit(2);
  const int minutes = 10 * digit(4) + digit(5);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (timezone[0] == '-' ? -60 : 60) * (60 * hours + minutes);
}

}  // namespace faultprint::config
