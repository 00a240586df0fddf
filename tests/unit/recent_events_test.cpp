#include "daemon/recent_events.h"

#include <doctest/doctest.h>

#include "file_bytes.h"

namespace faultprint::daemon {
namespace recent_events_test {

AlarmEvent event(AlarmEvent::Kind kind, const std::string& element, std::int64_t seconds) {
  AlarmEvent result;
  result.kind = kind;
  result.id = element + "@1";
  result.element = element;
  result.time_us = seconds * 1'000'000;
  return result;
}

const AlarmEvent kRaised = event(AlarmEvent::Kind::raised, "a", 60);
const AlarmEvent kCleared = event(AlarmEvent::Kind::cleared, "a", 90);

TEST_CASE("an event is new once, another kind, time or alarm is another event") {
  RecentEvents events;
  CHECK(events.add(kRaised));
  CHECK_FALSE(events.add(kRaised));
  CHECK(events.add(kCleared));
  CHECK(events.add(event(AlarmEvent::Kind::raised, "a", 61)));
  CHECK(events.add(event(AlarmEvent::Kind::raised, "b", 60)));
  CHECK_FALSE(events.add(kCleared));
}

TEST_CASE("events of a file are known, whatever else its lines hold") {
  const test::Folder folder;
  const std::string path = folder.file("alarms.jsonl");
  test::write_bytes(path, "torn\n[1]\n{}\n{\"id\":7}\n" + to_json_line(kRaised) + "\n" +
                              to_json_line(kCleared).substr(0, 40));
  RecentEvents events;
  events.load(path);
  CHECK_FALSE(events.add(kRaised));
  CHECK(events.add(kCleared));  // its line was never whole
}

TEST_CASE("changes of a group's alarm at one time are told apart by what they count") {
  AlarmEvent four = event(AlarmEvent::Kind::changed, "group:all", 60);
  four.of_window = false;
  four.group = AlarmEvent::Group{4, 3, {}};
  AlarmEvent eight = four;
  eight.group->alarms = 8;
  const test::Folder folder;
  const std::string path = folder.file("alarms.jsonl");
  test::write_bytes(path, to_json_line(four) + "\n");
  RecentEvents events;
  events.load(path);
  CHECK_FALSE(events.add(four));
  CHECK(events.add(eight));
  CHECK_FALSE(events.add(eight));
  four.kind = eight.kind = AlarmEvent::Kind::raised;
  CHECK(events.add(four));
  CHECK_FALSE(events.add(eight));
}

TEST_CASE("alarms of silent topics that a file leaves up are found in it") {
  const auto silent = [](AlarmEvent::Kind kind, const std::string& element, int time_s) {
    AlarmEvent e = event(kind, element, time_s);
    e.of_window = false;
    e.fault_type = "silent";
    e.severity = "warning";
    e.id = element;
    return e;
  };
  const test::Folder folder;
  const std::string path = folder.file("alarms.jsonl");
  using Kind = AlarmEvent::Kind;
  std::string lines;
  for (const AlarmEvent& e :
       {silent(Kind::raised, "topic:a", 60), silent(Kind::raised, "topic:b", 61),
        silent(Kind::raised, "leaf1", 61), silent(Kind::cleared, "topic:a", 70)})
    lines += to_json_line(e) + "\n";
  test::write_bytes(path, lines);
  RecentEvents events;
  events.load(path);
  REQUIRE(events.silent_topics().size() == 1);
  const ActiveAlarm& alarm = events.silent_topics().at("topic:b");
  CHECK(alarm.element == "topic:b");
  CHECK(alarm.raised_us == 61000000);
  CHECK(alarm.fault_type == "silent");
  CHECK(alarm.severity == "warning");
}

TEST_CASE("no file, and standard output, hold no events") {
  const test::Folder folder;
  RecentEvents events;
  for (const std::string& path : {std::string(), std::string("-"), folder.file("none")})
    CHECK_NOTHROW(events.load(path));
  CHECK(events.add(kRaised));
}

TEST_CASE("of a large file the end is read") {
  const test::Folder folder;
  const std::string path = folder.file("alarms.jsonl");
  test::write_bytes(path, to_json_line(kRaised) + "\n" + std::string(17 << 20, ' ') + "\n" +
                              to_json_line(kCleared) + "\n");
  RecentEvents events;
  events.load(path);
  CHECK(events.add(kRaised));
  CHECK_FALSE(events.add(kCleared));
}

TEST_CASE("memory is bounded, and at least the newest kLimit events are known") {
  RecentEvents events;
  const auto count = static_cast<std::int64_t>(3 * RecentEvents::kLimit);
  for (std::int64_t i = 0; i < count; ++i) {
    REQUIRE(events.add(event(AlarmEvent::Kind::raised, "a", i)));
  }
  for (std::int64_t i = count - static_cast<std::int64_t>(RecentEvents::kLimit) + 1; i < count; ++i)
    REQUIRE_FALSE(events.add(event(AlarmEvent::Kind::raised, "a", i)));
  CHECK(events.add(event(AlarmEvent::Kind::raised, "a", 0)));
}

}  // namespace recent_events_test
}  // namespace faultprint::daemon
