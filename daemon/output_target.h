// Files that a command writes at its end: known to be possible before hours of work.
#pragma once

#include <string>

namespace faultprint::daemon {

enum class Writing { in_place, by_replacement };  // the latter makes a new file beside an old one

// std::runtime_error "path: cannot be written: why" where it is plain that it will not be.
void check_target(const std::string& path, Writing how);

}  // namespace faultprint::daemon
