// Figures and names as text.
#pragma once

#include <string>
#include <vector>

namespace faultprint::daemon::probe {

std::string percent(double share);                          // "97.3 %"
std::string percent(std::size_t part, std::size_t whole);   // 0 % of nothing
std::string short_number(double value);                     // three digits
std::string listed(const std::vector<std::string>& names);  // the first few of them, each shown

// Without what ends a comment of YAML, or what a terminal takes for a command or an order to write
// backwards.
std::string one_line(const std::string& text);
// A name of a record's making as people may see it: one_line, cut where it is long.
std::string shown(const std::string& name);
// Whether a configuration can have it, and a terminal show it as it is.
bool can_be_named(const std::string& name);

}  // namespace faultprint::daemon::probe
