#include "ingest/fault_type.h"

#include <doctest/doctest.h>

#include "daemon/alarm_folds.h"
#include "daemon/alarm_tracker.h"
#include "daemon/silence_alarms.h"
#include "daemon/verdict.h"

namespace faultprint::ingest {
namespace fault_type_test {

const std::string kWhy =
    " is no fault's name: any other than unknown, silent, group, not_scored, normal, ignore and "
    "false_alarm is, in whatever case";

TEST_CASE("what verdicts and alarms say without naming a fault is no fault's name") {
  for (const char* word : {daemon::AlarmTracker::kUnknown, daemon::SilenceAlarms::kType,
                           daemon::AlarmFolds::kType, "not_scored", "normal", "ignore",
                           "false_alarm", "Unknown", "SILENT", "Not_Scored", " group "})
    CHECK(fault_name_error(word) == "\"" + std::string(word) + "\"" + kWhy);
}

TEST_CASE("a fault's name is text of 1 to 128 bytes without control characters") {
  for (const std::string& good :
       {std::string("x"), std::string("link, down"), std::string("\u00fcberlast"),
        std::string("unknown_peer"), std::string("normalised"), std::string(128, 'x')}) {
    CAPTURE(good);
    CHECK(fault_name_error(good) == "");
  }
  CHECK(fault_name_error("") == "is empty");
  CHECK(fault_name_error("  ") == "is blank");
  CHECK(fault_name_error(std::string(5000, 'x')) ==
        "has 5000 bytes: a fault's name has at most 128");
  for (const char* bad : {"a\nb", "a\tb", "a\x01", "a\x7f", "\xE9"}) {
    CAPTURE(bad);
    CHECK(fault_name_error(bad).ends_with("it must be UTF-8 without control characters"));
  }
}

}  // namespace fault_type_test
}  // namespace faultprint::ingest
