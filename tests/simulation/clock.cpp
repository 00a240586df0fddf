// A clock that goes as the world says, in the place of daemon/clock.cpp.
#include "daemon/clock.h"

#include "tests/simulation/feed.h"
#include "tests/simulation/stage.h"

namespace faultprint::daemon {
namespace {

constexpr std::int64_t kAfterAllRecords = 86400;  // seconds: no record is stamped ahead of it

}  // namespace

Clock::time_point Clock::now() {
  return Clock::time_point(std::chrono::microseconds(crash::Stage::now().now_us + 1));
}

std::int64_t unix_now_us() {
  return (crash::kFirstSlot * crash::kPeriodS + kAfterAllRecords) * 1000000 +
         crash::Stage::now().now_us;
}

double unix_now() { return static_cast<double>(unix_now_us()) * 1e-6; }

}  // namespace faultprint::daemon
