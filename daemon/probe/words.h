// Figures and names as text.
#pragma once

#include <string>
#include <vector>

namespace faultprint::daemon::probe {

std::string percent(double share);                          // "97.3 %"
std::string percent(std::size_t part, std::size_t whole);   // 0 % of nothing
std::string short_number(double value);                     // three digits
std::string listed(const std::vector<std::string>& names);  // the first few of them
std::string one_line(std::string text);  // without what would end a comment of YAML

}  // namespace faultprint::daemon::probe
