#include "daemon/demo_screen.h"

#include <doctest/doctest.h>

#include <sstream>
#include <utility>

#include "ingest/timestamp.h"
#include "stream_helpers.h"

namespace faultprint::daemon {
namespace demo_screen_test {

std::int64_t at(const char* time) { return ingest::parse_rfc3339(time).value(); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++found;
  return found;
}

TEST_CASE("the demonstration shows the day where it changes, between alarms and incidents alike") {
  const ingest::Incidents incidents(
      {test::incident_of("leaf1", at("2017-08-04T17:41:35Z"), at("2017-08-04T17:45:00Z"), "clear"),
       test::incident_of("leaf2", at("2017-09-01T17:27:48Z"), at("2017-09-01T17:30:00Z"), "flap")});
  std::ostringstream out;
  DemoScreen screen(incidents, out);
  AlarmEvent alarm;
  alarm.element = "leaf1";
  alarm.fault_type = "clear";
  alarm.time_us = at("2017-08-04T17:42:00Z");
  screen.add(alarm);
  screen.until(at("2017-09-01T18:00:00Z"));
  alarm.kind = AlarmEvent::Kind::cleared;
  alarm.time_us = at("2017-09-02T00:00:05Z");
  screen.add(alarm);
  screen.until(alarm.time_us);
  const std::string text = out.str();
  CAPTURE(text);
  const std::size_t first = text.find("\n2017-08-04\n17:41:35  ");
  const std::size_t second = text.find("\n2017-09-01\n17:27:48  ");
  const std::size_t third = text.find("\n2017-09-02\n00:00:05  ");
  CHECK(first < text.find("ALARM leaf1 clear, 25 s in"));
  CHECK(text.find("clear on leaf1 ends") < second);
  CHECK(second < text.find("flap on leaf2 begins"));
  CHECK(text.find("flap on leaf2 ends") < third);
  CHECK(third < text.find("cleared leaf1 clear"));
  CHECK(count(text, "2017-") == 3);
}

TEST_CASE("the demonstration shows events of two partitions in the order of their times") {
  const ingest::Incidents incidents(
      {test::incident_of("leaf1", at("2017-08-04T17:00:10Z"), at("2017-08-04T17:01:00Z"), "flap")});
  std::ostringstream out;
  DemoScreen screen(incidents, out);
  AlarmEvent alarm;
  for (const auto& [element, time] :
       {std::pair{"leaf2", "2017-08-04T17:00:40Z"}, std::pair{"leaf3", "2017-08-04T17:00:05Z"},
        std::pair{"leaf1", "2017-08-04T17:00:30Z"}}) {
    alarm.element = element;
    alarm.time_us = at(time);
    screen.add(alarm);
  }
  screen.until(at("2017-08-04T17:00:35Z"));
  const std::string early = out.str();
  CAPTURE(early);
  CHECK(early.find("ALARM leaf3") < early.find("flap on leaf1 begins"));
  CHECK(early.find("flap on leaf1 begins") < early.find("ALARM leaf1"));
  CHECK(early.find("ALARM leaf1") != std::string::npos);
  CHECK(early.find("ALARM leaf2") == std::string::npos);  // its time has not passed
  screen.until(at("2017-08-04T17:00:40Z"));
  CHECK(out.str().find("ALARM leaf2") != std::string::npos);
}

}  // namespace demo_screen_test
}  // namespace faultprint::daemon
