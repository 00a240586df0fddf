#include "daemon/alarm_words.h"

#include <doctest/doctest.h>

#include "daemon/alarm_board.h"

namespace faultprint::daemon {
namespace alarm_words_test {

AlarmEvent raised_event() {
  AlarmEvent event;
  event.id = "leaf1@2017-06-29T16:40:14Z";
  event.element = "leaf1";
  event.of = event.abnormal = 3;
  event.why.kpis = {{"in_kbps", -9.84, 310, 4.1e8}, {"state", 10}};
  event.why.nearest = {{"bgp_clear", "leaf1", 1501866000LL * 1000000, 0.4231}};
  event.why.p_value = 0.25;
  event.clear = 6;
  event.period = std::chrono::milliseconds(1500);
  return event;
}

TEST_CASE("an alarm that is up says what its event said") {
  const ActiveAlarm alarm = alarm_of(raised_event());
  CHECK(in_words(alarm) == in_words(raised_event()));
  CHECK(in_words(alarm).ends_with("clears after 6 normal verdicts in a row (9s)"));
}

TEST_CASE("one that no window speaks for says its reason, a group what it stands for") {
  AlarmEvent event = raised_event();
  event.of_window = false;
  event.reason = "no record since 2017-06-29T16:40:14Z";
  CHECK(in_words(alarm_of(event)) == event.reason);
  event.group = AlarmEvent::Group{.alarms = 5, .folded = 2, .fault_types = {{"a", 1}, {"b", 4}}};
  CHECK(in_words(alarm_of(event)).starts_with("5 alarms at once: 4 b, 1 a; 2 of them up"));
}

TEST_CASE("what is no evidence says nothing, and does no harm") {
  ActiveAlarm alarm = alarm_of(raised_event());
  const std::string good = alarm.evidence;
  for (const char* bad : {"", "[", "null", "3", "{}", "{\"clears_after\":1}",
                          "{\"clears_after\":{},\"kpis\":[],\"nearest\":[]}"}) {
    CAPTURE(bad);
    alarm.evidence = bad;
    CHECK(in_words(alarm).empty());
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    alarm.evidence = good.substr(0, length);
    CHECK(in_words(alarm).empty());
  }
  alarm.group = "{\"fault_types\":3}";
  CHECK(in_words(alarm).empty());
}

}  // namespace alarm_words_test
}  // namespace faultprint::daemon
