// Files that outlive the process: replaced as a whole, so that they outlive a power failure too,
// and read back. tests/simulation has a disk of its own in the place of durable_file.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/state_io.h"

namespace faultprint::daemon {

// Afterwards, and after a power failure at any point, the old file or the new one is there, whole:
// what `write` gives to its sink. mode: of a new file; an old one's rights stay. std::runtime_error
// naming the file when it fails; the old one stays then, as when `write` throws.
void replace_file(const std::string& path,
                  const std::function<void(const ingest::StateSink&)>& write, unsigned mode = 0640);
inline void replace_file(const std::string& path, std::string_view bytes, unsigned mode = 0640) {
  replace_file(
      path, [bytes](const ingest::StateSink& sink) { sink(bytes); }, mode);
}

// Its last `most` bytes; nothing where there is no such file, or it cannot be read.
std::optional<std::string> read_file(const std::string& path,
                                     std::size_t most = std::numeric_limits<std::size_t>::max());

// The same, piece by piece; the file stays that one, whatever replaces it meanwhile. A power
// failure brings none before it back, though who wrote it was killed before it was sure of that.
std::optional<ingest::StatePieces> open_file(const std::string& path);

// When it was written last; nothing where there is no such file.
std::optional<std::int64_t> modified_us(const std::string& path);

// Makes the folder where it does not exist. "", or why it cannot be written.
std::string make_folder(const std::string& path);

}  // namespace faultprint::daemon
