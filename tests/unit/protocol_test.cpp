#include "daemon/protocol.h"

#include <doctest/doctest.h>

#include <set>

#include "stream_helpers.h"

namespace faultprint::daemon {
namespace protocol_test {

using test::kPeriod;

constexpr int kWindow = 4;

ingest::Incident row(const std::string& element, int first, int end, const std::string& type) {
  return test::incident_of(element, first * kPeriod, end * kPeriod, type);
}

// Elements a to d from slot 0 to 1000; incidents by element and slot.
ProtocolHistory history(IncidentRows rows) {
  ProtocolHistory result;
  for (const char* name : {"a", "b", "c", "d"}) result.survey.elements[name] = {0, 1000 * kPeriod};
  for (int slot = 0; slot < 1000; ++slot) result.survey.records[slot] = 4;
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].id = static_cast<int>(i);
  result.incidents = std::move(rows);
  return result;
}

ProtocolPlan plan(ProtocolOptions options, const ProtocolHistory& given,
                  const std::optional<ProtocolHistory>& other = {}) {
  return plan_protocol(options, 1, given, other, config::Microseconds(kPeriod), kWindow);
}

std::vector<std::string> types(const IncidentRows& rows) {
  std::vector<std::string> result;
  for (const auto& row : rows) result.push_back(row.fault_type);
  return result;
}

using Types = std::vector<std::string>;

TEST_CASE(
    "protocol time: what straddles the split, or begins within a window of it, is on neither "
    "side") {
  ProtocolOptions options;
  options.split = "5000";  // seconds: slot 500
  const auto given = history({row("a", 100, 110, "loss"), row("a", 490, 500, "loss"),
                              row("b", 495, 505, "loss"), row("c", 502, 510, "loss"),
                              row("d", 503, 510, "loss"), row("a", 0, 1000, "normal")});
  const ProtocolPlan made = plan(options, given);
  REQUIRE(made.parts.size() == 1);
  const ProtocolPart& part = made.parts[0];
  CHECK(types(part.rounds[0].learned) ==
        Types{"loss", "loss", "ignore", "ignore", "ignore", "normal"});
  CHECK(types(part.judged) ==
        Types{"ignore", "ignore", "ignore", "ignore", "loss", "normal", "ignore"});
  CHECK(made.notes.size() == 1);
  // Windows whose newest slot is 500 to 502 reach back before the split.
  const ingest::Incidents judged(part.judged, config::Microseconds(kPeriod));
  CHECK(judged.label("b", 502 * kPeriod) == "ignore");
  CHECK(judged.label("a", 503 * kPeriod) == "normal");
  const auto& round = part.rounds[0];
  for (const std::int64_t slot : {499, 500}) {
    const std::int64_t time = slot * kPeriod;
    CHECK(round.learned_on("a", time) == (slot < 500));
    CHECK(round.judged_on("a", time) == (slot >= 500));
  }
  CHECK_FALSE(round.learned_on("a", 500 * kPeriod));
}

TEST_CASE("protocol time: an incident's uncertain times count at their widest") {
  ProtocolOptions options;
  options.split = "0.5";
  auto before = row("a", 480, 490, "loss");
  before.uncertainty_us = 11 * kPeriod;
  const auto given = history({before, row("a", 100, 110, "loss"), row("a", 900, 910, "loss")});
  const ProtocolPlan made = plan(options, given);
  CHECK(types(made.parts[0].rounds[0].learned) == Types{"ignore", "loss", "ignore"});
}

TEST_CASE(
    "protocol time: a split that leaves nothing to learn or to judge says which way to move it") {
  ProtocolOptions options;
  const auto given = history({row("a", 400, 410, "loss"), row("a", 600, 610, "loss")});
  const auto error = [&](const std::string& split) {
    options.split = split;
    try {
      plan(options, given);
    } catch (const std::runtime_error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK(error("0.1").find("no incident ends before it: choose a later one") != std::string::npos);
  CHECK(error("0.9").find("no incident begins after it: choose an earlier one") !=
        std::string::npos);
  CHECK(error("soon") == "--split: \"soon\" is neither a share between 0 and 1 nor a time");
  CHECK(error("0.5").empty());
}

TEST_CASE(
    "protocol elements: every element is judged once, by a model that read none of its records") {
  ProtocolOptions options;
  options.protocol = Protocol::elements;
  options.folds = 2;
  options.repeat = 2;
  const auto given = history({row("a", 100, 110, "loss"), row("b", 200, 210, "loss"),
                              row("[ab]", 300, 310, "flap"), row("c", 400, 410, "loss")});
  const ProtocolPlan made = plan(options, given);
  REQUIRE(made.parts.size() == 2);
  for (const ProtocolPart& part : made.parts) {
    CHECK(types(part.judged) == types(given.incidents));
    std::multiset<std::string> judged;
    for (const ProtocolRound& round : part.rounds)
      for (const auto& [name, span] : given.survey.elements) {
        CHECK(round.learned_on(name, 0) != round.judged_on(name, 0));
        if (round.judged_on(name, 0)) judged.insert(name);
        // No incident on an element that is left out is learned, on whatever others it is.
        for (const auto& r : round.learned)
          if (r.fault_type != "ignore" && ingest::glob_matches(r.element, name))
            CHECK(round.learned_on(name, 0));
      }
    CHECK(judged == std::multiset<std::string>{"a", "b", "c", "d"});
  }
  CHECK(made.parts[0].seed == 1);
  CHECK(made.parts[1].seed == 2);
}

TEST_CASE("protocol elements: incidents on all elements leave nothing to learn, which is told") {
  ProtocolOptions options;
  options.protocol = Protocol::elements;
  CHECK_THROWS_WITH_AS(plan(options, history({row("*", 1, 10, "loss")})),
                       "--protocol elements, fold 1: no incident is left to learn from: each is on "
                       "elements that are left out, too",
                       std::runtime_error);
}

TEST_CASE("protocol fault-types: each type is ignored in training and judged, in turn") {
  ProtocolOptions options;
  options.protocol = Protocol::fault_types;
  options.split = "0.5";
  const auto given = history({row("a", 100, 110, "loss"), row("b", 200, 210, "flap"),
                              row("a", 700, 710, "loss"), row("b", 800, 810, "flap")});
  const ProtocolPlan made = plan(options, given);
  REQUIRE(made.parts.size() == 2);
  CHECK(made.parts[0].fault_type == "flap");
  CHECK(types(made.parts[0].rounds[0].learned) == Types{"loss", "ignore", "ignore", "ignore"});
  CHECK(types(made.parts[1].rounds[0].learned) == Types{"ignore", "flap", "ignore", "ignore"});
  for (const ProtocolPart& part : made.parts)
    CHECK(types(part.judged) == Types{"ignore", "ignore", "loss", "flap", "ignore"});
}

TEST_CASE("protocol enrol: as many incidents as asked for are drawn, from before the split alone") {
  ProtocolOptions options;
  options.protocol = Protocol::enrol;
  options.split = "0.5";
  options.shots = {1, 2, 3};
  const auto given =
      history({row("a", 100, 110, "loss"), row("b", 200, 210, "flap"), row("c", 250, 260, "flap"),
               row("b", 800, 810, "flap"), row("b", 820, 830, "flap")});
  const ProtocolPlan made = plan(options, given);
  REQUIRE(made.parts.size() == 2);  // flap after 1 and 2; there are no 3
  for (const ProtocolPart& part : made.parts) {
    CHECK(part.fault_type == "flap");
    CHECK(types(part.rounds[0].learned) == Types{"loss", "ignore", "ignore", "ignore", "ignore"});
    const Types drawn = types(part.enrolled);
    CHECK(std::count(drawn.begin(), drawn.end(), "flap") == part.shots);
    CHECK(drawn[0] == "ignore");
    CHECK(drawn[3] == "ignore");
    CHECK(part.rounds[0].model == made.parts[0].rounds[0].model);  // trained once
  }
  CHECK(made.notes.back() == "flap: 2 incidents before the split: more cannot be enrolled");
}

TEST_CASE("protocol network: an element that reports in both at the same time is a leak") {
  ProtocolOptions options;
  options.protocol = Protocol::network;
  const auto given = history({row("a", 100, 110, "loss")});
  ProtocolHistory other = given;
  other.survey.elements = {{"x", {0, 10}}, {"a", {1000 * kPeriod, 2000 * kPeriod}}};
  CHECK_THROWS_AS(plan(options, given, other), std::runtime_error);
  other.survey.elements["a"].first_us += 1;
  const ProtocolPlan made = plan(options, given, other);
  CHECK_FALSE(made.parts[0].rounds[0].judged_on);  // all of it
}

}  // namespace protocol_test
}  // namespace faultprint::daemon
