// Names of fields with * for any text, which stand for all fields that they match.
#pragma once

#include <string_view>

namespace faultprint::config {

inline bool is_glob(std::string_view name) { return name.find('*') != std::string_view::npos; }

bool matches_glob(std::string_view glob, std::string_view name);

}  // namespace faultprint::config
