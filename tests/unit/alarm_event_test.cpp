#include "daemon/alarm_event.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace faultprint::daemon {
namespace alarm_event_test {

using Json = nlohmann::json;

AlarmEvent raised() {
  AlarmEvent event;
  event.id = "leaf6@2017-08-04T17:25:00Z";
  event.element = "leaf6";
  event.time_us = 1501867500LL * 1000000;
  event.detected_us = event.time_us + 10250000;
  event.fault_type = "bgp_clear";
  event.severity = "major";
  event.abnormal = 3;
  event.of = 4;
  event.score = 0.71234567;
  event.why.kpis = {{"in_kbps", -9.84, 310, 4.1e8}, {"state", 10}};
  event.why.nearest = {{"bgp_clear", "leaf1", 1501866000LL * 1000000, 0.4231}};
  event.why.distance = 0.5;
  event.why.p_value = 0.25;
  event.why.runner_up = "port_flap";
  event.why.runner_up_distance = 1.75;
  event.clear = 6;
  event.period = std::chrono::seconds(5);
  return event;
}

TEST_CASE("a raised alarm says what moved, what it is like and what will clear it") {
  const Json evidence = Json::parse(to_json_line(raised())).at("evidence");
  CHECK(evidence.at("kpis")[0] ==
        Json{{"kpi", "in_kbps"}, {"deviation", -9.84}, {"value", 310.0}, {"normal", 4.1e8}});
  CHECK(evidence.at("kpis")[1] == Json{{"kpi", "state"}, {"deviation", 10.0}});
  CHECK(evidence.at("nearest") == Json::array({{{"fault_type", "bgp_clear"},
                                                {"element", "leaf1"},
                                                {"time", "2017-08-04T17:00:00Z"},
                                                {"distance", 0.4231}}}));
  CHECK(evidence.at("distance") == 0.5);
  CHECK(evidence.at("p_value") == 0.25);
  CHECK(evidence.at("runner_up") == "port_flap");
  CHECK(evidence.at("runner_up_distance") == 1.75);
  CHECK(evidence.at("clears_after") == Json{{"normal_verdicts", 6}, {"period_s", 5.0}});
  CHECK(Json::parse(evidence_json(raised())) == evidence);
}

TEST_CASE("an event says when it was detected, or that nobody knows") {
  AlarmEvent event = raised();
  CHECK(Json::parse(to_json_line(event)).at("detected") == "2017-08-04T17:25:10.250Z");
  event.detected_us = 0;
  CHECK(Json::parse(to_json_line(event)).at("detected").is_null());
}

TEST_CASE("an event's first keys are those that it always had") {
  const auto line = nlohmann::ordered_json::parse(to_json_line(raised()));
  std::vector<std::string> keys;
  for (const auto& item : line.items()) keys.push_back(item.key());
  CHECK(keys == std::vector<std::string>{"id", "element", "event", "time", "fault_type", "severity",
                                         "evidence", "detected"});
  keys.clear();
  for (const auto& item : line.at("evidence").items()) keys.push_back(item.key());
  keys.resize(4);
  CHECK(keys == std::vector<std::string>{"abnormal", "of", "score", "kpis"});
}

TEST_CASE("the log has it in words") {
  CHECK(in_words(raised()) ==
        "in_kbps 310 (normally 4.1e+08) 9.8 scales below, state 10.0 scales above; nearest known: "
        "bgp_clear on leaf1 at 2017-08-04T17:00:00Z, 0.42 radii away; p 0.25, runner-up port_flap "
        "at 1.75; clears after 6 normal verdicts in a row (30s)");
}

TEST_CASE("one that is held up for flapping says so, and what will clear it") {
  AlarmEvent event = raised();
  event.kind = AlarmEvent::Kind::changed;
  event.reason = AlarmEvent::kFlapping;
  event.flaps = 5;
  event.quiet = std::chrono::seconds(250);
  const Json line = Json::parse(to_json_line(event));
  CHECK(line.at("reason") == "flapping");
  CHECK(line.at("flapping") == Json{{"raised", 5}});
  CHECK(line.at("evidence").at("clears_after") ==
        Json{{"normal_verdicts", 6}, {"period_s", 5.0}, {"quiet_s", 250.0}});
  CHECK(in_words(event).ends_with(
      "clears after 6 normal verdicts in a row (30s), and not before all were normal for "
      "250s: it is flapping, raised 5 times"));
  CHECK_FALSE(Json::parse(to_json_line(raised())).contains("flapping"));
}

TEST_CASE("where nothing is known of references and runner-up, nothing is made up") {
  AlarmEvent event = raised();
  event.why.nearest.clear();
  event.why.runner_up.clear();
  const Json evidence = Json::parse(to_json_line(event)).at("evidence");
  CHECK(evidence.at("nearest").empty());
  CHECK(evidence.at("runner_up").is_null());
  CHECK(evidence.at("runner_up_distance").is_null());
  CHECK(in_words(event).find("nearest") == std::string::npos);
  CHECK(in_words(event).find("runner-up") == std::string::npos);
}

TEST_CASE("a clearing has nothing to explain") {
  AlarmEvent event = raised();
  event.kind = AlarmEvent::Kind::cleared;
  event.clear = 0;
  event.reason = "normal";
  const Json line = Json::parse(to_json_line(event));
  CHECK_FALSE(line.at("evidence").contains("nearest"));
  CHECK_FALSE(line.at("evidence").contains("clears_after"));
  CHECK(line.at("reason") == "normal");
  CHECK(in_words(event).empty());
}

}  // namespace alarm_event_test
}  // namespace faultprint::daemon
