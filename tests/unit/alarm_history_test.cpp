#include "daemon/alarm_history.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "alarm_feed.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace alarm_history_test {

using test::Feed;
using test::kFeedStart;
using test::kPeriod;
using test::rules;

// The file of a tracker's events for these verdicts.
struct Told {
  test::Folder folder;
  std::string file = folder.file("alarms.jsonl");
  std::vector<std::string> ids;

  explicit Told(const std::string& verdicts) {
    AlarmTracker tracker(rules(2, 3, 3));
    Feed feed(tracker);
    feed(verdicts);
    std::string text = "{\"id\":\"leaf0@torn\n";
    for (const AlarmEvent& event : feed.events) {
      text += to_json_line(event) + "\n";
      if (event.kind == AlarmEvent::Kind::raised) ids.push_back(event.id);
    }
    test::write_bytes(file, text);
  }
};

TEST_CASE("an alarm lasts from the first verdict that raised it to the last abnormal one") {
  const Told told("nllllnnn");  // raised at 3 by 2 and 3; cleared at 8, normal since 5
  const PastAlarm alarm = read_alarm(told.file, told.ids.at(0));
  CHECK(alarm.id == told.ids[0]);
  CHECK(alarm.element == "leaf0");
  CHECK(alarm.fault_type == "loss");
  CHECK(alarm.start_us == kFeedStart + 1 * kPeriod);  // where the slot of verdict 2 begins
  CHECK(alarm.end_us == kFeedStart + 5 * kPeriod);
  CHECK(alarm.uncertainty_us == kPeriod);
}

TEST_CASE("an alarm has the name it had last") {
  const Told told("uulllnnn");
  CHECK(read_alarm(told.file, told.ids.at(0)).fault_type == "loss");
}

TEST_CASE("an alarm that is up has no end") {
  CHECK_FALSE(read_alarm(Told("ll").file, "leaf0").end_us.has_value());
}

TEST_CASE("an element's name stands for its newest alarm") {
  const Told told("llnnnnnfffnnnn");
  REQUIRE(told.ids.size() == 2);
  CHECK(read_alarm(told.file, "leaf0").id == told.ids[1]);
  CHECK(read_alarm(told.file, "leaf0").fault_type == "flap");
  CHECK(read_alarm(told.file, told.ids[0]).fault_type == "loss");
}

TEST_CASE("events of an older version give the raise and the clearing themselves") {
  const test::TempFile file(
      "{\"id\":\"a@1\",\"element\":\"a\",\"event\":\"raised\",\"time\":\"2017-07-14T02:40:00Z\","
      "\"fault_type\":\"loss\",\"evidence\":{\"abnormal\":3,\"of\":4}}\n"
      "{\"id\":\"a@1\",\"element\":\"a\",\"event\":\"cleared\",\"time\":\"2017-07-14T02:41:00Z\","
      "\"fault_type\":\"loss\",\"reason\":\"normal\"}\n");
  const PastAlarm alarm = read_alarm(file.path(), "a@1");
  CHECK(alarm.end_us.value() - alarm.start_us == 60 * test::kSecond);
  CHECK(alarm.uncertainty_us == 0);
}

TEST_CASE("an alarm that is not there is an error that names the newest") {
  const Told told("llnnnnnfffnnnn");
  try {
    read_alarm(told.file, "leaf1");
    FAIL("no error");
  } catch (const std::runtime_error& e) {
    const std::string what = e.what();
    CHECK(what.find("no alarm leaf1 is raised in it") != std::string::npos);
    CHECK(what.find(told.ids[1]) != std::string::npos);
  }
}

}  // namespace alarm_history_test
}  // namespace faultprint::daemon
