// A file replaced as a whole, so that it outlives a power failure.
#pragma once

#include <string>
#include <string_view>

namespace faultprint::daemon {

// Afterwards, and after a power failure at any point, the old file or the new one is there, whole.
// mode: of a new file; an old one's rights stay. std::runtime_error naming the file when it fails;
// the old one stays then.
void replace_file(const std::string& path, std::string_view bytes, unsigned mode = 0640);

}  // namespace faultprint::daemon
