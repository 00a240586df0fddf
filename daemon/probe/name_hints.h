// What names of fields tell of what they hold.
#pragma once

#include <string>
#include <string_view>

namespace faultprint::daemon::probe {

std::string last_part(std::string_view name);  // of a JSON pointer or a dotted name

// How much a name sounds like what is asked for: 0 not at all, 1 in part, 2 wholly.
int sounds_like_time(std::string_view name);
int sounds_like_element(std::string_view name);
int sounds_like_kpi_name(std::string_view name);  // a field that holds the names of KPIs

bool says_delta(std::string_view name);   // a difference, by its name
bool says_events(std::string_view name);  // counts something that happens: packets, drops, attempts
bool says_percent(std::string_view name);  // a ratio or a percentage

}  // namespace faultprint::daemon::probe
