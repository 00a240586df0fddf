// SHA-256 and base64 (libcrypto, in one file).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace faultprint::daemon {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);

// The first 16 hex digits of it, as sha256sum prints them.
std::string fingerprint_of(std::string_view bytes);

std::string base64(std::string_view bytes);
// Empty where it is none, padded.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace faultprint::daemon
