#include "daemon/clock_watch.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace clock_watch_test {

TEST_CASE("a wall clock that keeps pace, or is steered, has not jumped") {
  ClockWatch watch;
  CHECK(watch.jumped(1000, 5) == 0);
  CHECK(watch.jumped(1001.2, 6.2) == 0);
  CHECK(watch.jumped(1002.4, 7.2) == 0);
  CHECK(watch.jumped(4602.4 + 1.8, 3607.2) == 0);  // 500 ppm for an hour
}

TEST_CASE("a wall clock that was set has jumped once, by so many seconds, forwards or back") {
  ClockWatch watch;
  watch.jumped(1000, 5);
  CHECK(watch.jumped(8201, 6) == doctest::Approx(7200));
  CHECK(watch.jumped(8202, 7) == 0);
  CHECK(watch.jumped(1003, 8) == doctest::Approx(-7200));
  CHECK(watch.jumped(1004, 9) == 0);
}

}  // namespace clock_watch_test
}  // namespace faultprint::daemon
