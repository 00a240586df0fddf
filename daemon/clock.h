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

inline double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace faultprint::daemon
