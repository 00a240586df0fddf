#include "ingest/element_globs.h"

#include <algorithm>

#include "config/name_glob.h"
#include "ingest/incidents.h"

namespace faultprint::ingest {

// Asked for each record where elements are chosen: what a shell's glob costs is paid only where it
// has more than stars.
bool matches_any(const std::vector<std::string>& globs, std::string_view element) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return glob.find_first_of("?[\\") == std::string::npos ? config::matches_glob(glob, element)
                                                           : glob_matches(glob, element);
  });
}

bool is_of_group(const config::GroupConfig& group, std::string_view element) {
  return (group.elements.empty() || matches_any(group.elements, element)) &&
         !matches_any(group.taken_before, element);
}

}  // namespace faultprint::ingest
