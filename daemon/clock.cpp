#include "daemon/clock.h"

#include <cmath>

namespace faultprint::daemon {

Clock::time_point Clock::now() { return std::chrono::steady_clock::now(); }

double unix_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::int64_t unix_now_us() { return std::llround(unix_now() * 1e6); }

}  // namespace faultprint::daemon
