#include "daemon/raise_history.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace raise_history_test {

const config::FlappingRule kThreeOfAHundred{3, config::Microseconds(100), config::Microseconds(50)};

TEST_CASE("a raise is held up from the count that the rule asks for") {
  RaiseHistory history;
  CHECK(history.flaps(kThreeOfAHundred, 7, "bgp_clear", 10) == 0);
  history.add(7, "bgp_clear", 10, kThreeOfAHundred.within);
  CHECK(history.flaps(kThreeOfAHundred, 7, "bgp_clear", 20) == 0);
  history.add(7, "bgp_clear", 20, kThreeOfAHundred.within);
  CHECK(history.flaps(kThreeOfAHundred, 7, "bgp_clear", 30) == 3);
  CHECK(history.flaps(kThreeOfAHundred, 7, "port_flap", 30) == 0);
  CHECK(history.flaps(kThreeOfAHundred, 8, "bgp_clear", 30) == 0);
  CHECK(history.flaps(kThreeOfAHundred, 7, "bgp_clear", 109) == 3);
  CHECK(history.flaps(kThreeOfAHundred, 7, "bgp_clear", 110) == 0);  // the first is too old
  history.forget(7);
  CHECK(history.flaps(kThreeOfAHundred, 7, "bgp_clear", 30) == 0);
}

TEST_CASE("a rule of one holds up each raise, and none holds up nothing") {
  RaiseHistory history;
  config::FlappingRule rule = kThreeOfAHundred;
  rule.count = 1;
  CHECK(history.flaps(rule, 7, "bgp_clear", 10) == 1);
  history.add(7, "port_flap", 10, rule.within);
  CHECK(history.flaps(rule, 7, "bgp_clear", 20) == 1);
  rule.count = 0;
  CHECK(history.flaps(rule, 7, "port_flap", 20) == 0);
}

}  // namespace raise_history_test
}  // namespace faultprint::daemon
