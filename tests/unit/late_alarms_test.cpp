#include "daemon/late_alarms.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace late_alarms_test {

constexpr std::int64_t kHour = 3600'000'000LL;
constexpr config::Microseconds kMaxAge = std::chrono::hours(1);

ActiveAlarm alarm(const std::string& id) {
  ActiveAlarm result;
  result.id = id;
  return result;
}

TEST_CASE("an alarm of long ago is kept back until the stream has come to the present") {
  LateAlarms late;
  CHECK(late.hold(alarm("a"), true, 1 * kHour, 9 * kHour, kMaxAge));
  CHECK(late.due(5 * kHour, 9 * kHour, kMaxAge).empty());
  const auto due = late.due(8 * kHour + 1, 9 * kHour, kMaxAge);
  REQUIRE(due.size() == 1);
  CHECK(due[0].alarm.id == "a");
  CHECK(due[0].is_new);
  CHECK(late.due(9 * kHour, 9 * kHour, kMaxAge).empty());  // once
}

TEST_CASE("an alarm of now is not kept back, nor is any where no age is set") {
  LateAlarms late;
  CHECK_FALSE(late.hold(alarm("a"), true, 8 * kHour, 9 * kHour, kMaxAge));
  CHECK_FALSE(late.hold(alarm("b"), true, 10 * kHour, 9 * kHour, kMaxAge));  // a clock ahead
  CHECK_FALSE(late.hold(alarm("c"), true, 0, 9 * kHour, config::Microseconds(0)));
  CHECK(late.due(9 * kHour, 9 * kHour, kMaxAge).empty());
}

TEST_CASE("whether it is yet to be counted stays as it was when it was kept back first") {
  LateAlarms late;
  late.hold(alarm("known"), false, 1 * kHour, 9 * kHour, kMaxAge);
  late.hold(alarm("new"), true, 1 * kHour, 9 * kHour, kMaxAge);
  late.hold(alarm("known"), true, 2 * kHour, 9 * kHour, kMaxAge);
  late.hold(alarm("new"), false, 2 * kHour, 9 * kHour, kMaxAge);
  const auto due = late.due(9 * kHour, 9 * kHour, kMaxAge);
  REQUIRE(due.size() == 2);
  for (const auto& held : due) CHECK(held.is_new == (held.alarm.id == "new"));
}

TEST_CASE("one that clears while it is kept back never comes up") {
  LateAlarms late;
  late.hold(alarm("a"), true, 1 * kHour, 9 * kHour, kMaxAge);
  CHECK(late.remove("a"));
  CHECK_FALSE(late.remove("a"));
  CHECK(late.due(9 * kHour, 9 * kHour, kMaxAge).empty());
}

TEST_CASE("a reload that sets no age any more lets all go") {
  LateAlarms late;
  late.hold(alarm("a"), true, 1 * kHour, 9 * kHour, kMaxAge);
  CHECK(late.due(2 * kHour, 9 * kHour, config::Microseconds(0)).size() == 1);
}

}  // namespace late_alarms_test
}  // namespace faultprint::daemon
