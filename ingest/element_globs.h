// Which elements a list of globs means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace faultprint::ingest {

// As a shell has them; none of an empty list.
bool matches_any(const std::vector<std::string>& globs, std::string_view element);

// Whether an element of a recorded file, which knows no topic, is the group's.
bool is_of_group(const config::GroupConfig& group, std::string_view element);

}  // namespace faultprint::ingest
