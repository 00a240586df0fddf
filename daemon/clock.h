// The clocks of the daemon: that of what is due, and the wall's.
//
// Both are read in clock.cpp alone: tests/simulation has a clock of its own in its place.
#pragma once

#include <chrono>
#include <cstdint>

namespace faultprint::daemon {

struct Clock {
  using time_point = std::chrono::steady_clock::time_point;
  static time_point now();
};

double unix_now();  // seconds since 1970
std::int64_t unix_now_us();

// Microseconds of the clock that nobody sets: for how long something has been so.
inline std::int64_t steady_us(Clock::time_point at) {
  return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

inline double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace faultprint::daemon
