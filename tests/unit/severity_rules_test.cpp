#include "daemon/severity_rules.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "alarm_feed.h"

namespace faultprint::daemon {
namespace severity_rules_test {

using std::chrono::seconds;
using test::Feed;
using test::kPeriod;
using test::rules;

config::AlarmConfig with(std::vector<config::SeverityRule> list) {
  config::AlarmConfig alarms = rules(2, 3, 3);
  alarms.severity_rules = std::move(list);
  return alarms;
}

TEST_CASE("the first rule that fits by type, element and age wins, else the type's severity") {
  const auto alarms = with({{"loss", "core*", seconds(600), "critical"},
                            {"*", "lab?", seconds(0), "minor"},
                            {"l*", "*", seconds(60), "warning"}});
  CHECK(severity_of(alarms, "loss", "core1", seconds(600)) == "critical");
  CHECK(severity_of(alarms, "loss", "core1", seconds(599)) == "warning");
  CHECK(severity_of(alarms, "loss", "core1", seconds(59)) == "major");
  CHECK(severity_of(alarms, "flap", "lab1", seconds(0)) == "minor");
  CHECK(severity_of(alarms, "flap", "lab12", seconds(0)) == "critical");  // its own
}

TEST_CASE("an alarm that lasts becomes more severe by a change event, with the same id") {
  AlarmTracker tracker(with({{"*", "leaf*", seconds(40), "critical"}}));
  Feed feed(tracker);
  CHECK(feed("lllllllnnn") == "raised loss@2, changed loss@6, cleared loss@10");
  CHECK(feed.events[0].severity == "major");
  CHECK(feed.events[1].severity == "critical");
  CHECK(feed.events[1].id == feed.events[0].id);
  CHECK(feed.events[2].severity == "critical");
}

TEST_CASE(
    "age counts over normal verdicts, shows at an abnormal one, and starts anew with the next "
    "alarm") {
  AlarmTracker tracker(with({{"*", "*", seconds(30), "critical"}}));
  Feed feed(tracker);
  CHECK(feed("llnnl") == "raised loss@2, changed loss@5");
  CHECK(feed("nnnll") == "cleared loss@8, raised loss@10");
  CHECK(feed.events[1].severity == "major");
}

TEST_CASE("what Prometheus has as labels stays as at the raise") {
  AlarmTracker tracker(with({{"*", "*", seconds(10), "critical"}}));
  Feed feed(tracker);
  feed("llll");
  REQUIRE(tracker.active(0) != nullptr);
  CHECK(tracker.active(0)->severity == "critical");
  CHECK(tracker.active(0)->raised_severity == "major");
}

}  // namespace severity_rules_test
}  // namespace faultprint::daemon
