#include "daemon/protocol_run.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "file_bytes.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace protocol_run_test {

// Elements e0 to e5: KPI a is high on each for 12 slots, at slots of its own; b on e0 and e3 later.
struct Recorded {
  Recorded() {
    std::vector<std::string> names;
    std::string rows = "element,start,end,fault_type\n";
    const auto say = [&](int element, int slot, const char* type) {
      rows += "e" + std::to_string(element) + "," + std::to_string(slot * 10) + "," +
              std::to_string((slot + 12) * 10) + "," + type + "\n";
    };
    for (int e = 0; e < 6; ++e) {
      names.push_back("e" + std::to_string(e));
      say(e, 1100 + 60 * e, "loss");
      say(e, 1600 + 60 * e, "loss");
      say(e, 1130 + 60 * e, "flap");
      say(e, 1630 + 60 * e, "flap");
    }
    test::write_bytes(folder.file("i.csv"), rows);
    test::write_bytes(
        folder.file("h.csv"), test::wave_csv(1000, names, [](const std::string& name, int slot) {
          const int since = (slot - 1100 - 60 * (name[1] - '0')) % 500;
          return std::pair{since >= 0 && since < 12 ? 20 : 0, since >= 30 && since < 42 ? 20 : 0};
        }));
    request.files = {{folder.file("h.csv")}, {folder.file("i.csv")}};
    request.hidden = {16};
    request.options.epochs = 3;
    config.group().stream.baseline.start = 20;
  }

  ProtocolResult run(Protocol protocol, ProtocolOptions options = {}) {
    options.protocol = protocol;
    return run_protocol(config, request, options, {});
  }

  test::Folder folder;
  config::Config config = test::hand_made_config();
  TrainRequest request;
};

TEST_CASE("protocol elements: the folds' judgements count as one evaluation of every incident") {
  Recorded recorded;
  ProtocolOptions options;
  options.folds = 3;
  const ProtocolResult result = recorded.run(Protocol::elements, options);
  REQUIRE(result.parts.size() == 1);
  CHECK(result.trainings == 3);
  const EvaluationResult& r = result.parts[0].result;
  CHECK(r.classes == std::vector<std::string>{"normal", "flap", "loss"});
  CHECK(r.model.incidents.incidents.size() == 24);
  CHECK(r.model.incidents.named >= 20);
  CHECK(r.model.all.windows == 6 * (1000 - 20));
  CHECK(r.baselines.at("1nn").all.windows == r.model.all.windows);
  CHECK(r.incident_units == 24);
}

TEST_CASE("protocol time: the same figures as train on the first part and evaluate on the rest") {
  Recorded recorded;
  ProtocolOptions options;
  options.split = "15000";
  const ProtocolResult result = recorded.run(Protocol::time, options);
  const EvaluationResult& r = result.parts[0].result;
  CHECK(r.model.incidents.incidents.size() == 12);
  CHECK(r.model.incidents.named >= 10);
  // From slot 1500 on, less the three whose windows reach back; baselines went on: none is
  // learning.
  CHECK(r.model.all.windows == 6 * (500 - 3));
  CHECK(r.not_scored == 0);

  const auto json = nlohmann::json::parse(to_json(result));
  for (const char* key : {"windows", "accuracy", "macro_f1", "per_class", "confusion", "baselines",
                          "intervals", "incidents", "false_alarms", "seed", "protocol"})
    CHECK(json.contains(key));
  CHECK(json["protocol"]["name"] == "time");
  CHECK(json["protocol"]["parts"].size() == 1);
  CHECK(json["protocol"]["parts"][0]["macro_f1"] == json["macro_f1"]);
}

// The mean, each group and each part: all figures have theirs, or null where nothing can be drawn.
void check_intervals(const ProtocolResult& result) {
  const auto json = nlohmann::json::parse(to_json(result));
  const auto holds = [](const nlohmann::json& interval, double figure) {
    CAPTURE(interval.dump());
    CHECK(interval.size() == 2);
    CHECK(interval[0].get<double>() <= figure + 1e-9);
    CHECK(interval[1].get<double>() >= figure - 1e-9);
  };
  const auto check = [&](const nlohmann::json& figures) {
    const auto& intervals = figures["intervals"];
    CHECK(intervals["incidents"] == 12);
    holds(intervals["macro_f1"], figures["macro_f1"]);
    holds(intervals["accuracy"], figures["accuracy"]);
    holds(intervals["incidents_named"], figures["incidents"]["named"]);
    holds(intervals["incidents_named_exact"], figures["incidents"]["named"]);
    holds(intervals["false_alarms_per_element_day"], figures["false_alarms"]["per_element_day"]);
    if (!figures["unknown"]["auroc"].is_null())
      holds(intervals["unknown_auroc"], figures["unknown"]["auroc"]);
    for (const auto& baseline : figures["baselines"]) {
      holds(baseline["intervals"]["macro_f1"], baseline["macro_f1"]);
      holds(baseline["intervals"]["macro_f1_lead"],
            figures["macro_f1"].get<double>() - baseline["macro_f1"].get<double>());
    }
  };
  check(json);
  CHECK(json["protocol"]["groups"].size() == 1);
  check(json["protocol"]["groups"][0]);
  CHECK(json["protocol"]["groups"][0]["intervals"] == json["intervals"]);
  for (const auto& part : json["protocol"]["parts"]) {
    check(part);
    const auto& type = part["left_out"]["faultprint"];
    holds(type["intervals"]["named"], type["named"]);
    holds(type["intervals"]["unknown"], type["unknown"]);
    holds(type["intervals"]["f1"], type["f1"]);
  }
}

TEST_CASE(
    "protocol fault-types and enrol: a type never seen has no F1, and some once it is enrolled") {
  Recorded recorded;
  ProtocolOptions options;
  options.split = "15000";
  const ProtocolResult left_out = recorded.run(Protocol::fault_types, options);
  REQUIRE(left_out.parts.size() == 2);
  for (const ProtocolPartResult& p : left_out.parts) {
    CHECK(of_type(p.result.model, p.result.classes, p.part.fault_type).f1 == 0);
    REQUIRE(p.result.unknown);
    CHECK(p.result.unknown->auroc > 0.5);
  }
  options.shots = {2, 9};  // there are six
  const ProtocolResult enrolled = recorded.run(Protocol::enrol, options);
  REQUIRE(enrolled.parts.size() == 2);
  for (const ProtocolPartResult& p : enrolled.parts) {
    const auto& r = p.result;
    CHECK_FALSE(r.unknown);
    CHECK(of_type(r.model, r.classes, p.part.fault_type).f1 > 0.3);
    CHECK(of_type(r.baselines.at("1nn"), r.classes, p.part.fault_type).f1 > 0.3);
  }
  CHECK(enrolled.notes.size() == 2);
  const std::string text = to_text(enrolled);
  CHECK(text.find("2 incidents enrolled: mean of 2 parts") != std::string::npos);
  CHECK(text.find("flap after 2 incidents") != std::string::npos);
  CHECK(text.find("redraws of the 12 incidents") != std::string::npos);
  check_intervals(enrolled);
  check_intervals(left_out);

  // Of model and neighbour one names what was enrolled better: told where that is the neighbour.
  const auto told = [](const ProtocolResult& result) {
    const std::vector<std::string> texts = below_baselines(result);
    return std::count_if(texts.begin(), texts.end(), [](const std::string& t) {
      return t.starts_with("2 incidents enrolled: F1 of what was enrolled, ") &&
             t.find(" of 1nn, which names ") != std::string::npos;
    });
  };
  ProtocolResult swapped = enrolled;
  for (ProtocolPartResult& p : swapped.parts)
    std::swap(p.result.model, p.result.baselines.at("1nn"));
  CHECK(told(enrolled) + told(swapped) == 1);
}

TEST_CASE("a mean of parts adds incidents up, and says which baseline is better in plain words") {
  ProtocolResult result;
  for (const double f1 : {0.5, 0.7}) {
    ProtocolPartResult part;
    part.part.name = "part";
    part.result.model.all.macro_f1 = f1;
    part.result.model.incidents.named = 2;
    part.result.baselines["1nn"].all.macro_f1 = 0.65;
    part.result.baselines["minirocket"].all.macro_f1 = 0.4;
    result.parts.push_back(std::move(part));
  }
  const EvaluationResult mean = mean_of({&result.parts[0].result, &result.parts[1].result});
  CHECK(mean.model.all.macro_f1 == doctest::Approx(0.6));
  CHECK(mean.model.incidents.named == 4);
  const auto told = below_baselines(result);
  REQUIRE(told.size() == 1);
  CHECK(told[0].starts_with(
      "macro-F1 0.600 is below the 0.650 of 1nn on average, and lower in 1 of 2 parts, a yardstick "
      "that gives each window the name of the training window most like it. On this history that "
      "names faults better, "));
}

}  // namespace protocol_run_test
}  // namespace faultprint::daemon
