// Time as metrics tell it.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>

namespace faultprint::daemon {

inline double unix_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

inline std::int64_t unix_now_us() { return std::llround(unix_now() * 1e6); }

inline double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace faultprint::daemon
