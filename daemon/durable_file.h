// Files that outlive the process: replaced as a whole, so that they outlive a power failure too,
// and read back. tests/simulation has a disk of its own in the place of durable_file.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace faultprint::daemon {

// Afterwards, and after a power failure at any point, the old file or the new one is there, whole.
// mode: of a new file; an old one's rights stay. std::runtime_error naming the file when it fails;
// the old one stays then.
void replace_file(const std::string& path, std::string_view bytes, unsigned mode = 0640);

// Its last `most` bytes; nothing where there is no such file, or it cannot be read.
std::optional<std::string> read_file(const std::string& path,
                                     std::size_t most = std::numeric_limits<std::size_t>::max());

// When it was written last; nothing where there is no such file.
std::optional<std::int64_t> modified_us(const std::string& path);

// Makes the folder where it does not exist. "", or why it cannot be written.
std::string make_folder(const std::string& path);

}  // namespace faultprint::daemon
