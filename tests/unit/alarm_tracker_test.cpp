#include "daemon/alarm_tracker.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "alarm_feed.h"

namespace faultprint::daemon {
namespace alarm_tracker_test {

using test::Feed;
using test::kPeriod;
using test::rules;
constexpr std::int64_t kStart = test::kFeedStart;

TEST_CASE("an alarm is raised when m of the last n verdicts are not normal, and not before") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"nnnn", ""},
      {"ll", ""},
      {"lll", "raised loss@3"},
      {"nnlll", "raised loss@5"},
      {"lnll", "raised loss@4"},
      {"llnl", "raised loss@4"},
      {"lnnll", ""},  // 3 of 5
      {"lnlnl", ""},  // never 3 of 4
      {"lnlnll", "raised loss@6"},
      {"lll"
       "lll",
       "raised loss@3"},  // once
  };
  for (const auto& [verdicts, expected] : table) {
    CAPTURE(verdicts);
    AlarmTracker tracker(rules(3, 4, 6));
    CHECK(Feed(tracker)(verdicts) == expected);
  }
}

TEST_CASE("a normal verdict raises nothing, even when it slides the window") {
  AlarmTracker tracker(rules(1, 1, 2));
  Feed feed(tracker);
  CHECK(feed("n").empty());
  CHECK(feed("l") == "raised loss@2");
}

TEST_CASE("not_scored verdicts do not count, neither for a raise nor for a clear") {
  AlarmTracker tracker(rules(3, 4, 3));
  Feed feed(tracker);
  CHECK(feed("l--l---l") == "raised loss@8");
  CHECK(feed("n-n----") == "");
  CHECK(feed("n") == "cleared loss@16");
}

TEST_CASE("an alarm is cleared after k normal verdicts in a row") {
  AlarmTracker tracker(rules(2, 3, 4));
  Feed feed(tracker);
  CHECK(feed("ll") == "raised loss@2");
  CHECK(feed("nnnlnnn") == "");  // the row begins anew
  CHECK(feed("n") == "cleared loss@10");
  CHECK(tracker.active().empty());
  CHECK(feed("l") == "");  // and so does the count
  CHECK(feed("l") == "raised loss@12");
}

TEST_CASE("an alarm is named by its summed evidence, not by the number of verdicts") {
  AlarmTracker tracker(rules(3, 3, 6));
  CHECK(Feed(tracker)("l1l1f9") == "raised loss@3");  // -2 + -2 + .9 for flap: far from it twice
  // Two weak ones against a strong one, where the other type lies no farther than normal.
  AlarmTracker close(rules(3, 3, 6));
  Feed feed(close);
  auto model = feed.model;
  std::vector<AlarmEvent> events;
  const float weak[] = {1, 0.9F, 1};
  const float strong[] = {1, 1, 0.2F};
  Verdict verdict;
  verdict.outcome = Outcome::fault;
  for (const float* distances : {weak, weak, strong}) {
    verdict.time_us += kPeriod;
    close.add(verdict, "leaf", {distances, {}, {}}, *model, events);
  }
  REQUIRE(events.size() == 1);
  CHECK(events[0].fault_type == "flap");
  CHECK(events[0].score == doctest::Approx(0.8 / 3));
}

TEST_CASE("an alarm is unknown when most of its abnormal verdicts are") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"uuu", "raised unknown@3"},  {"uul", "raised unknown@3"}, {"ull", "raised loss@3"},
      {"unuf", "raised unknown@4"}, {"unff", "raised flap@4"},
  };
  for (const auto& [verdicts, expected] : table) {
    CAPTURE(verdicts);
    AlarmTracker tracker(rules(3, 4, 6));
    CHECK(Feed(tracker)(verdicts) == expected);
  }
  AlarmTracker even(rules(2, 2, 6));
  CHECK(Feed(even)("ul") == "raised loss@2");  // a half is not most
}

TEST_CASE("an alarm without a name waits for an m of n of its own") {
  config::AlarmConfig own = rules(3, 4, 6);
  own.raise_unknown_count = 5;
  own.raise_unknown_of = 7;
  const std::vector<std::pair<std::string, std::string>> table = {
      {"uuuu", ""},
      {"uuuuu", "raised unknown@5"},
      {"unununu", ""},                  // 4 of 7
      {"unuunuu", "raised unknown@7"},  // 5 of 7
      {"uunnnuuu", ""},                 // 5 of 8
      {"lll", "raised loss@3"},         // a name does not wait
      {"uull", "raised loss@4"},
      {"uulnuu", "raised unknown@6"},  // 5 of 7, most of them unknown
      {"lnlnlnl", ""},                 // 4 of 7, and never 3 of 4
      {"lnllnn", "raised loss@4"},
  };
  for (const auto& [verdicts, expected] : table) {
    CAPTURE(verdicts);
    AlarmTracker tracker(own);
    CHECK(Feed(tracker)(verdicts) == expected);
  }
}

TEST_CASE("an unknown alarm takes a name once one holds, as a change and not another alarm") {
  AlarmTracker tracker(rules(3, 4, 6));
  Feed feed(tracker);
  CHECK(feed("uuu") == "raised unknown@3");
  const std::string id = feed.events[0].id;
  CHECK(feed("l") == "");
  CHECK(feed("l") == "changed loss@5");  // u u l l: half of them no longer most
  CHECK(feed.events[0].id == id);
  REQUIRE(tracker.active().size() == 1);
  CHECK(tracker.active()[0].fault_type == "loss");
  CHECK(tracker.active()[0].raised_us == kStart + 3 * kPeriod);
  CHECK(feed("nnnnnn") == "cleared loss@11");
  CHECK(feed.events[0].id == id);
}

TEST_CASE("a change says what the alarm was, and has the probable cause of what it is") {
  config::AlarmConfig options = rules(3, 4, 6);
  options.severity["unknown"] = "warning";
  options.probable_cause = {{"loss", "lossOfSignal"}, {"default", "indeterminate"}};
  options.severity_rules = {{"loss", "*", config::Microseconds(4 * kPeriod), "critical"}};
  AlarmTracker tracker(options);
  Feed feed(tracker);
  CHECK(feed("uuu") == "raised unknown@3");
  CHECK_FALSE(feed.events[0].was);
  CHECK(feed.events[0].probable_cause == "indeterminate");
  CHECK(feed("ll") == "changed loss@5");
  REQUIRE(feed.events[0].was);
  CHECK(feed.events[0].was->fault_type == "unknown");
  CHECK(feed.events[0].was->severity == "warning");
  CHECK(feed.events[0].probable_cause == "lossOfSignal");
  CHECK(tracker.active()[0].probable_cause == "lossOfSignal");
  const std::string now = feed.events[0].severity;
  CHECK(feed("ll") == "changed loss@7");  // by its age
  const auto line = nlohmann::json::parse(to_json_line(feed.events[0]));
  CHECK(line.at("was") == nlohmann::json{{"fault_type", "loss"}, {"severity", now}});
  CHECK(line.at("severity") == "critical");
  CHECK(line.at("probable_cause") == "lossOfSignal");
  CHECK(feed("nnnnnn") == "cleared loss@13");
  CHECK(feed.events[0].probable_cause == "lossOfSignal");
}

TEST_CASE("a named alarm changes its name only when another has held for n verdicts") {
  AlarmTracker tracker(rules(2, 3, 6));
  Feed feed(tracker);
  CHECK(feed("ll") == "raised loss@2");
  CHECK(feed("ffll") == "");  // flap leads after the second f and the first l, loss after the next
  CHECK(feed("fff") == "");   // flap leads from the second
  CHECK(feed("f") == "changed flap@10");
  CHECK(feed("uuuuuu") == "");  // never back to unknown
}

TEST_CASE("events carry identity, severity and evidence") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  feed("f8f6");
  REQUIRE(feed.events.size() == 1);
  const AlarmEvent& raised = feed.events[0];
  CHECK(raised.id == "leaf0@2017-07-14T02:40:20Z");
  CHECK(raised.element == "leaf0");
  CHECK(raised.severity == "critical");
  CHECK(raised.abnormal == 2);
  CHECK(raised.of == 3);
  CHECK(raised.score == doctest::Approx(0.7));
  REQUIRE(raised.why.kpis.size() == 2);
  CHECK(raised.why.kpis[0].name == "a");
  CHECK(raised.why.kpis[0].deviation == doctest::Approx(1.25));
  const auto line = nlohmann::ordered_json::parse(to_json_line(raised));
  std::vector<std::string> keys;
  for (const auto& item : line.items()) keys.push_back(item.key());
  CHECK(keys == std::vector<std::string>{"id", "element", "event", "time", "fault_type", "severity",
                                         "evidence", "detected"});
  CHECK(line["event"] == "raised");
  CHECK(line["time"] == "2017-07-14T02:40:20Z");
  CHECK(line["evidence"]["score"] == 0.7);
  feed("nnn");
  REQUIRE(feed.events.size() == 1);
  CHECK(nlohmann::json::parse(to_json_line(feed.events[0])).at("reason") == "normal");
}

TEST_CASE("elements do not touch each other") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed one(tracker, 0);
  Feed seven(tracker, 7);
  CHECK(one("l") == "");
  CHECK(seven("f") == "");
  CHECK(one("l") == "raised loss@2");
  CHECK(seven("nnn") == "");
  CHECK(tracker.active().size() == 1);
}

}  // namespace alarm_tracker_test
}  // namespace faultprint::daemon
