#include "daemon/terminal.h"

#include <doctest/doctest.h>

#include "daemon/evaluation_run.h"
#include "stream_helpers.h"

namespace faultprint::daemon {
namespace terminal_test {

TEST_CASE("control characters of a name are shown, not sent to the terminal") {
  CHECK(escaped("cell-0 \xC3\xA9 \"a\\b\"") == "cell-0 \xC3\xA9 \"a\\b\"");
  CHECK(escaped("a\nb\t\x1B[2J\x7F") == "a\\nb\\t\\u001b[2J\\u007f");
  CHECK(escaped("\xC2\x9B"
                "1m") == "\\u009b1m");
  CHECK(escaped(std::string_view("a\0b", 3)) == "a\\u0000b");
}

TEST_CASE("the table of an evaluation has no control character of a name") {
  EvaluationResult result;
  result.classes = {"normal", "lo\x1Bss"};
  result.model.all.per_class.resize(2);
  result.model.all.per_class[1].support = 1;
  result.model.intervals.f1.resize(2);
  auto incident = test::incident_of("a\nb", 0, 1, "lo\x1Bss");
  result.model.incidents.incidents.push_back({incident, std::nullopt,
                                              "fl\x1B"
                                              "ap"});
  AlarmEvent alarm;
  alarm.element = "c\rd";
  alarm.fault_type =
      "fl\x1B"
      "ap";
  result.model.incidents.false_alarms.push_back(alarm);
  const std::string text = to_text(result);
  CHECK(text.find_first_of("\x1B\r") == std::string::npos);
  CHECK(text.find("a\\nb ") != std::string::npos);
  CHECK(text.find("c\\rd ") != std::string::npos);
  CHECK(text.find("as fl\\u001bap") != std::string::npos);
}

}  // namespace terminal_test
}  // namespace faultprint::daemon
