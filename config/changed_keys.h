// In which keys two configurations differ.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace faultprint::config {

// "alarms.raise", "stream.kpis": by their paths, in the order of effective(). The values of
// kafka.properties are compared as they are, secrets too. Where the file lies does not count.
std::vector<std::string> changed_keys(const Config& now, const Config& next);

}  // namespace faultprint::config
