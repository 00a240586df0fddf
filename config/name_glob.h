// Names of fields with * for any text, which stand for all fields that they match. Only * means
// something: interfaces and counters have ? and [ in their names, which the globs of elements
// (ingest/incidents.h) read as a shell does.
#pragma once

#include <string_view>

namespace faultprint::config {

inline bool is_glob(std::string_view name) { return name.find('*') != std::string_view::npos; }

bool matches_glob(std::string_view glob, std::string_view name);

// Is there a name that both match?
bool globs_overlap(std::string_view a, std::string_view b);

}  // namespace faultprint::config
