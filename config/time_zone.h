// stream.timezone: of times that do not say their offset.
#pragma once

#include <optional>
#include <string>

namespace faultprint::config {

// Seconds east of UTC; nothing where it is neither UTC nor as +02:00.
std::optional<int> offset_s(const std::string& timezone);

}  // namespace faultprint::config
