// What the HTTP port grants a client, and why it lets one go.
#pragma once

#include <chrono>
#include <cstddef>

namespace faultprint::daemon {

struct HttpLimits {
  std::size_t connections = 128;   // at once; a further one takes the place of the slowest
  std::size_t head_bytes = 16384;  // request line and headers
  std::size_t body_bytes = 4096;
  // From the connection to the last byte of its request, TLS handshake included.
  std::chrono::milliseconds request{5000};
  std::chrono::milliseconds answer{20000};  // from the answer's first byte to its last
  std::chrono::milliseconds linger{1000};   // until the client has closed, too
};

enum class HttpDrop {
  crowded,      // too many connections at once
  slow,         // request or answer took too long
  descriptors,  // the process has none left
  tls,          // no handshake: plain HTTP, no common version, a client certificate that is refused
  memory,       // none left for its TLS
  count_
};

const char* name(HttpDrop reason);

}  // namespace faultprint::daemon
