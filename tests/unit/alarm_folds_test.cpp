#include "daemon/alarm_folds.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "alarm_feed.h"
#include "daemon/alarm_board.h"

namespace faultprint::daemon {
namespace alarm_folds_test {

using Json = nlohmann::json;
using Kind = AlarmEvent::Kind;
using test::kSecond;

config::FoldingRule rule(int above, const std::string& by = "") {
  return {above, std::chrono::seconds(60), by};
}

std::string element(int number) { return "e" + std::to_string(number); }

// Of element `number`, raised at `raised_s`.
AlarmEvent event(Kind kind, int number, int time_s, int raised_s, const std::string& site = "") {
  AlarmEvent e;
  e.kind = kind;
  e.element = element(number);
  e.id = identity(e.element, raised_s * kSecond);
  e.time_us = time_s * kSecond;
  e.fault_type = number % 2 == 0 ? "loss" : "flap";
  e.severity = number == 9 ? "critical" : "major";
  if (!site.empty()) e.labels = {{"site", site}};
  return e;
}
AlarmEvent raised(int number, int time_s, const std::string& site = "") {
  return event(Kind::raised, number, time_s, time_s, site);
}
AlarmEvent cleared(int number, int time_s, int raised_s) {
  return event(Kind::cleared, number, time_s, raised_s);
}

// "e1 raised", "e4 raised in group:all", "group:all raised 4/1": alarms and those folded.
std::string told(const std::vector<AlarmEvent>& events) {
  std::string text;
  for (const AlarmEvent& e : events) {
    text += (text.empty() ? "" : ", ") + e.element + " " + name(e.kind);
    if (!e.folded_into.empty()) text += " in " + e.folded_into.substr(0, e.folded_into.find('@'));
    if (e.group)
      text += " " + std::to_string(e.group->alarms) + "/" + std::to_string(e.group->folded);
  }
  return text;
}

TEST_CASE("up to the rate each alarm stands alone, beyond it they fold into one of the group") {
  AlarmFolds folds;
  folds.set_rule(rule(2));
  CHECK(told(folds.pass({raised(1, 10), raised(2, 20)})) == "e1 raised, e2 raised");
  const auto storm = folds.pass({raised(3, 30), raised(4, 30)});
  CHECK(told(storm) == "e3 raised in group:all, group:all raised 3/1, e4 raised in group:all");
  CHECK(storm[1].id == identity("group:all", 30 * kSecond));
  CHECK(storm[1].fault_type == AlarmFolds::kType);
  CHECK(storm[1].severity == "major");
  CHECK(storm[0].folded_into == storm[1].id);
  const Json line = Json::parse(to_json_line(storm[1]));
  CHECK(line.at("group") ==
        Json{{"alarms", 3}, {"folded", 1}, {"fault_types", {{"loss", 1}, {"flap", 2}}}});
  CHECK(line.at("evidence").is_null());
  CHECK(Json::parse(to_json_line(storm[0])).at("folded_into") == storm[1].id);
  CHECK(in_words(storm[1]) ==
        "3 alarms at once: 2 flap, 1 loss; 1 of them up without a page of their own; clears after "
        "the last of these");
}

TEST_CASE("the group's alarm clears with the last that is folded, not with those that are not") {
  AlarmFolds folds;
  folds.set_rule(rule(1));
  folds.pass({raised(1, 10), raised(2, 11), raised(3, 12)});
  CHECK(told(folds.pass({cleared(2, 50, 11)})) == "e2 cleared in group:all");
  CHECK(told(folds.pass({cleared(3, 60, 12)})) == "e3 cleared in group:all, group:all cleared 3/0");
  CHECK(told(folds.pass({cleared(1, 70, 10)})) == "e1 cleared");
  CHECK(told(folds.pass({raised(5, 500), raised(6, 501)})) ==
        "e5 raised, e6 raised in group:all, group:all raised 2/1");
}

TEST_CASE("what comes slowly stands alone, though the group's alarm is up") {
  AlarmFolds folds;
  folds.set_rule(rule(1));
  folds.pass({raised(1, 10), raised(2, 11)});
  CHECK(told(folds.pass({raised(3, 71)})) == "e3 raised");
  CHECK(told(folds.pass({raised(4, 72)})) == "e4 raised in group:all");  // the same group's alarm
}

TEST_CASE("the group's alarm changes when its number doubles and when it gets worse") {
  AlarmFolds folds;
  folds.set_rule(rule(1));
  CHECK(told(folds.pass({raised(1, 10), raised(2, 10)})).ends_with("group:all raised 2/1"));
  CHECK(told(folds.pass({raised(3, 10)})) == "e3 raised in group:all");
  CHECK(told(folds.pass({raised(4, 10)})) == "e4 raised in group:all, group:all changed 4/3");
  const auto worse = folds.pass({raised(9, 10)});
  CHECK(told(worse) == "e9 raised in group:all, group:all changed 5/4");
  CHECK(worse[1].severity == "critical");
  CHECK(told(folds.pass({raised(6, 10)})) == "e6 raised in group:all");
}

TEST_CASE("by a label of the inventory each of its values is a group") {
  AlarmFolds folds;
  folds.set_rule(rule(1, "site"));
  CHECK(told(folds.pass({raised(1, 10, "north"), raised(2, 10, "south")})) ==
        "e1 raised, e2 raised");
  const auto north = folds.pass({raised(3, 10, "north")});
  CHECK(told(north) == "e3 raised in group:site=north, group:site=north raised 2/1");
  CHECK(north[1].labels == AlarmLabels{{"site", "north"}});
}

TEST_CASE("events that come a little out of order are counted at their own times") {
  AlarmFolds folds;
  folds.set_rule(rule(2));
  folds.pass({raised(1, 100), raised(2, 170)});
  CHECK(told(folds.pass({raised(3, 110)})) == "e3 raised");  // two until then
  CHECK(told(folds.pass({raised(4, 150)})) == "e4 raised in group:all, group:all raised 3/1");
}

TEST_CASE("without a rule nothing folds, and changes pass") {
  AlarmFolds folds;
  CHECK(told(folds.pass({raised(1, 1), raised(2, 1), raised(3, 1)})) ==
        "e1 raised, e2 raised, e3 raised");
  folds.set_rule(rule(1));
  folds.pass({raised(4, 1), raised(5, 1)});
  CHECK(told(folds.pass({event(Kind::changed, 5, 9, 1), event(Kind::withheld, 7, 9, 9)})) ==
        "e5 changed in group:all, e7 withheld");
}

TEST_CASE("a restart makes the group's alarm of what was folded, under its id and severity") {
  AlarmFolds before;
  before.set_rule(rule(1));
  const auto events = before.pass({raised(1, 10), raised(2, 10), raised(9, 10)});
  AlarmFolds after;
  after.set_rule(rule(1));
  CHECK_FALSE(after.restore(alarm_of(events[0])).has_value());
  const auto group = after.restore(alarm_of(events[1]));
  REQUIRE(group.has_value());
  CHECK(group->id == events[2].id);
  CHECK(group->raised_us == 10 * kSecond);
  CHECK(group->raised_severity == "major");
  CHECK_FALSE(after.restore(alarm_of(events[3])).has_value());
  CHECK(told(after.pass({raised(4, 12)})) == "e4 raised in group:all");  // it goes on
  CHECK(told(after.pass({cleared(2, 20, 10), cleared(9, 20, 10)})) ==
        "e2 cleared in group:all, e9 cleared in group:all");
  CHECK(told(after.pass({cleared(4, 21, 12)})) == "e4 cleared in group:all, group:all cleared 3/0");
}

TEST_CASE("a group's alarm goes, without a clearing, with the last that is handed over") {
  AlarmFolds folds;
  folds.set_rule(rule(1));
  const auto events = folds.pass({raised(1, 10), raised(2, 10), raised(3, 10)});
  CHECK_FALSE(folds.hand_over(alarm_of(events[0])).has_value());
  CHECK_FALSE(folds.hand_over(alarm_of(events[1])).has_value());
  CHECK(folds.hand_over(alarm_of(events[3])) == events[2].id);
  CHECK(told(folds.pass({cleared(2, 20, 10)})) == "e2 cleared");
}

TEST_CASE("an alarm whose partition goes and comes back is counted once") {
  AlarmFolds folds;
  folds.set_rule(rule(2));
  const auto storm = folds.pass({raised(1, 10), raised(2, 20), raised(3, 30), raised(4, 31)});
  const ActiveAlarm alone = alarm_of(storm[0]);
  const ActiveAlarm folded = alarm_of(storm[4]);
  REQUIRE(folded.element == "e4");
  CHECK_FALSE(folds.hand_over(alone));
  CHECK_FALSE(folds.hand_over(folded));
  CHECK_FALSE(folds.restore(alone));
  CHECK_FALSE(folds.restore(folded));
  CHECK(told(folds.pass({raised(5, 32)})) == "e5 raised in group:all");
  CHECK(told(folds.pass({raised(6, 33)})) ==
        "e6 raised in group:all, group:all changed 6/4");  // twice the 3 of the raise
}

TEST_CASE("alarms fold within their group of elements, whose name the alarm has") {
  AlarmFolds folds("cells");
  folds.set_rule(rule(1));
  const auto events = folds.pass({raised(1, 10), raised(2, 10)});
  REQUIRE(events.size() == 3);
  CHECK(events[2].id == "cells/" + identity("group:all", 10 * kSecond));
  CHECK(events[2].element == "group:all");
  CHECK(Json::parse(to_json_line(events[2])).at("element_group") == "cells");
  AlarmFolds after("cells");
  after.set_rule(rule(1));
  const auto group = after.restore(alarm_of(events[1]));
  REQUIRE(group.has_value());
  CHECK(group->id == events[2].id);
  CHECK(group->element == "group:all");
  CHECK(group->element_group == "cells");
  CHECK(told(after.pass({raised(3, 12)})) == "e3 raised in cells/group:all, group:all changed 2/2");
}

TEST_CASE("the board shows the group's alarm and what is folded into it") {
  AlarmBoard board;
  board.folds().set_rule(rule(1));
  for (const AlarmEvent& e : board.folds().pass({raised(1, 10), raised(2, 11), raised(3, 12)}))
    board.apply(e);
  const Json all = Json::parse(board.to_json(9, ""));
  CHECK(all["total"] == 4);
  const Json group = Json::parse(board.to_json(9, "group:all"))["alarms"][0];
  CHECK(group["group"]["alarms"] == 2);
  CHECK(group["evidence"].is_null());
  CHECK(group["folded_into"].is_null());
  CHECK(Json::parse(board.to_json(9, "e3"))["alarms"][0]["folded_into"] == group["id"]);
}

TEST_CASE("that an alarm is folded outlives a snapshot") {
  AlarmTracker tracker(test::rules(2, 3, 3));
  test::Feed feed(tracker);
  feed("ll");
  AlarmEvent folded = feed.events[0];
  folded.folded_into = "group:all@x";
  folded.folded_as = "critical";
  tracker.set_folded(0, folded);
  tracker.set_folded(9, folded);
  ingest::StateWriter out;
  tracker.write(out);
  AlarmTracker restored(test::rules(2, 3, 3));
  ingest::StateReader in(out.bytes());
  restored.read(in);
  CHECK(restored.active(0)->folded_into == "group:all@x");
  CHECK(restored.active(0)->folded_as == "critical");
}

}  // namespace alarm_folds_test
}  // namespace faultprint::daemon
