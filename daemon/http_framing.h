// Where an HTTP/1.1 request ends, before anything looks at what it says: so that a slow client
// costs memory, and bounded, but no thread.
#pragma once

#include <string_view>

#include "daemon/http_limits.h"

namespace faultprint::daemon {

struct Framing {
  enum class State { incomplete, complete, refused };
  State state = State::incomplete;
  std::size_t size = 0;          // complete: bytes of the request
  const char* status = nullptr;  // refused: "413 Content Too Large"
};

// bytes: what has come so far. A body needs a Content-Length; chunked ones are refused.
Framing frame_request(std::string_view bytes, const HttpLimits& limits);

}  // namespace faultprint::daemon
