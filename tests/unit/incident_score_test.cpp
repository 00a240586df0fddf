#include "daemon/incident_score.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "stream_helpers.h"

namespace faultprint::daemon {
namespace incident_score_test {

using doctest::Approx;
using ingest::Incident;
using test::kPeriod;
using test::kSecond;

Incident incident(const std::string& element, std::int64_t start_s, std::int64_t end_s,
                  const std::string& type) {
  return test::incident_of(element, start_s * kSecond, end_s * kSecond, type);
}

AlarmEvent raised(const std::string& element, std::int64_t time_s, const std::string& type) {
  AlarmEvent event;
  event.element = element;
  event.time_us = time_s * kSecond;
  event.fault_type = type;
  return event;
}

// leaf1 and spine1 watched for the first 1000 s, in slots of 10 s.
IncidentScore score(std::vector<Incident> rows, const std::vector<AlarmEvent>& events) {
  const ingest::Incidents incidents(std::move(rows));
  IncidentScorer scorer(incidents, config::Microseconds(kPeriod));
  for (int slot = 0; slot < 100; ++slot)
    for (const char* element : {"leaf1", "spine1"}) scorer.watched(element, slot);
  return scorer.score(events);
}

TEST_CASE("an incident is named by an alarm of its type from its start to its end + 60 s") {
  const std::vector<std::pair<std::int64_t, bool>> table = {
      {299, false}, {300, true}, {399, true}, {400, true}, {460, true}, {461, false}};
  for (const auto& [time, named] : table) {
    CAPTURE(time);
    const auto result =
        score({incident("leaf1", 300, 400, "loss")}, {raised("leaf1", time, "loss")});
    REQUIRE(result.incidents.size() == 1);
    CHECK(result.named == (named ? 1 : 0));
    CHECK(result.incidents[0].delay_s.has_value() == named);
    if (named) CHECK(*result.incidents[0].delay_s == Approx(static_cast<double>(time - 300)));
  }
}

TEST_CASE("an element whose name would be a glob is scored as any other") {
  for (const std::string name : {"cell-0", "cell[0]", "cell?", "cell*", "cell\\\\0"}) {
    CAPTURE(name);
    const ingest::Incidents incidents({incident(name, 300, 400, "loss")});
    IncidentScorer scorer(incidents, config::Microseconds(kPeriod));
    for (int slot = 0; slot < 100; ++slot) scorer.watched(name, slot);
    const auto result = scorer.score({raised(name, 320, "loss")});
    CHECK(result.incidents.size() == 1);
    CHECK(result.named == 1);
    CHECK(result.false_alarms.empty());
  }
}

TEST_CASE("an alarm of another type or element names nothing") {
  const auto result = score({incident("leaf1", 300, 400, "loss")},
                            {raised("leaf1", 320, "flap"), raised("spine1", 320, "loss"),
                             raised("leaf1", 330, "unknown")});
  CHECK(result.named == 0);
  CHECK_FALSE(result.median_delay_s.has_value());
  CHECK(result.incidents[0].first_named == "flap");
}

TEST_CASE("the delay is that of the first alarm that names it, whatever the order of events") {
  const auto result = score(
      {incident("leaf1", 300, 400, "loss")},
      {raised("leaf1", 390, "loss"), raised("leaf1", 310, "flap"), raised("leaf1", 320, "loss")});
  CHECK(*result.incidents[0].delay_s == Approx(20));
}

TEST_CASE("only a raise names: changes and clears do not") {
  AlarmEvent changed = raised("leaf1", 320, "loss");
  changed.kind = AlarmEvent::Kind::changed;
  AlarmEvent cleared = raised("leaf1", 330, "loss");
  cleared.kind = AlarmEvent::Kind::cleared;
  AlarmEvent cleared_far = raised("leaf1", 900, "loss");
  cleared_far.kind = AlarmEvent::Kind::cleared;
  const auto result = score({incident("leaf1", 300, 400, "loss")}, {changed, cleared, cleared_far});
  CHECK(result.named == 0);
  CHECK(result.false_alarms.empty());
}

TEST_CASE("an alarm outside [start, end + 180 s] of every incident of its element is false") {
  const std::vector<std::pair<std::int64_t, bool>> table = {
      {299, true}, {300, false}, {400, false}, {580, false}, {581, true}};
  for (const auto& [time, is_false] : table) {
    CAPTURE(time);
    // Its type does not matter: something was wrong there.
    const auto result =
        score({incident("leaf1", 300, 400, "loss")}, {raised("leaf1", time, "flap")});
    CHECK(result.false_alarms.size() == (is_false ? 1U : 0U));
  }
  CHECK(score({incident("leaf1", 300, 400, "loss")}, {raised("spine1", 350, "loss")})
            .false_alarms.size() == 1);
}

TEST_CASE("an incident's element may be a glob") {
  const auto result =
      score({incident("leaf*", 300, 400, "loss"), incident("core*", 300, 400, "loss")},
            {raised("leaf1", 330, "loss"), raised("spine1", 330, "loss")});
  REQUIRE(result.incidents.size() == 1);  // no core was watched
  CHECK(result.named == 1);
  REQUIRE(result.false_alarms.size() == 1);
  CHECK(result.false_alarms[0].element == "spine1");
}

TEST_CASE("an incident during which its element reported nothing does not count") {
  const auto result =
      score({incident("leaf1", 2000, 2100, "loss"), incident("leaf9", 300, 400, "x")}, {});
  CHECK(result.incidents.empty());
}

TEST_CASE("where labels say `ignore` alarms are not false, and the time does not count") {
  const auto result = score({incident("leaf1", 500, 700, "ignore")},
                            {raised("leaf1", 600, "loss"), raised("leaf1", 510, "loss"),
                             raised("leaf1", 500, "loss"), raised("spine1", 600, "loss")});
  // A raise at 500 is a verdict on the slot that ended there, before the row.
  REQUIRE(result.false_alarms.size() == 2);
  CHECK(result.false_alarms[0].time_us == 500 * kSecond);
  CHECK(result.false_alarms[1].element == "spine1");
  CHECK(result.element_days == Approx((2000 - 200) / 86400.0).epsilon(1e-9));
  CHECK(result.incidents.empty());
  CHECK(result.false_per_element_day() == Approx(2 / result.element_days));
}

TEST_CASE("with `normal` rows all that is uncovered is ignored") {
  const auto result =
      score({incident("leaf1", 0, 200, "normal"), incident("leaf1", 300, 400, "loss")},
            {raised("leaf1", 100, "loss"), raised("leaf1", 700, "loss")});
  REQUIRE(result.false_alarms.size() == 1);
  CHECK(result.false_alarms[0].time_us == 100 * kSecond);
  CHECK(result.element_days == Approx(300 / 86400.0).epsilon(1e-9));
}

TEST_CASE(
    "the median delay is over the named incidents, the mean of the middle two of an even number") {
  const std::vector<Incident> rows{
      incident("leaf1", 100, 150, "x"), incident("leaf1", 300, 350, "x"),
      incident("leaf1", 500, 550, "x"), incident("leaf1", 700, 750, "x")};
  std::vector<AlarmEvent> events{raised("leaf1", 110, "x"), raised("leaf1", 340, "x"),
                                 raised("leaf1", 520, "x")};
  CHECK(*score(rows, events).median_delay_s == Approx(20));
  events.pop_back();
  CHECK(*score(rows, events).median_delay_s == Approx(25));
  CHECK(score(rows, events).named == 2);
  CHECK(score(rows, events).incidents.size() == 4);
}

TEST_CASE("an uncertain incident is named from its earliest start to its latest end + 60 s") {
  const std::vector<std::pair<std::int64_t, bool>> table = {
      {279, false}, {280, true}, {300, true}, {400, true}, {480, true}, {481, false}};
  for (const auto& [time, named] : table) {
    CAPTURE(time);
    const auto result =
        score({test::incident_of("leaf1", 300 * kSecond, 400 * kSecond, "loss", 20 * kSecond)},
              {raised("leaf1", time, "loss")});
    REQUIRE(result.incidents.size() == 1);
    CHECK(result.named == (named ? 1 : 0));
    // Counted from the written start, and never negative.
    if (named) CHECK(*result.median_delay_s == Approx(std::max<std::int64_t>(0, time - 300)));
  }
}

TEST_CASE("an alarm is false outside an uncertain incident's widened interval + 180 s") {
  const std::vector<std::pair<std::int64_t, bool>> table = {
      {279, true}, {280, false}, {299, false}, {400, false}, {600, false}, {601, true}};
  for (const auto& [time, is_false] : table) {
    CAPTURE(time);
    const auto result =
        score({test::incident_of("leaf1", 300 * kSecond, 400 * kSecond, "loss", 20 * kSecond)},
              {raised("leaf1", time, "flap")});
    CHECK(result.false_alarms.size() == (is_false ? 1U : 0U));
  }
}

TEST_CASE("uncertain time is not watched time, and a swallowed incident still counts") {
  const auto result =
      score({test::incident_of("leaf1", 300 * kSecond, 390 * kSecond, "loss", 300 * kSecond)}, {});
  CHECK(result.incidents.size() == 1);
  // Unknown from 0 s to 330 s and from 360 s to 690 s.
  CHECK(result.element_days == Approx((2000 - 660) / 86400.0).epsilon(1e-9));
}

TEST_CASE("without a watched slot the rate is zero, not a division by zero") {
  CHECK(IncidentScore{}.false_per_element_day() == 0);
}

}  // namespace incident_score_test
}  // namespace faultprint::daemon
