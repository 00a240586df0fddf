// JSON pointers (RFC 6901).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faultprint::ingest {

// Its parts, unescaped. The configuration has checked the form; std::runtime_error where there is
// none.
std::vector<std::string> split_pointer(std::string_view pointer);

}  // namespace faultprint::ingest
