#include "daemon/verdict.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace verdict_test {

using Json = nlohmann::ordered_json;
using test::kMissing;

// One element's slots from 0, each given as {a, b}; the lines of their verdicts. The element's
// first four slots, all zero, are its start.
std::vector<std::string> lines_of(const std::vector<std::vector<double>>& slots,
                                  const LoadedModel& model) {
  Pipeline pipeline(std::make_shared<LoadedModel>(model), test::hand_made_config(), [] {
    auto options = test::store_options();
    options.per_element_watermark = true;
    return options;
  }());
  const std::string element = "leaf \"1\"\xc3\xa9";
  std::int64_t slot = 150000000;
  for (int i = 0; i < 4; ++i) pipeline.add(test::sample(element, slot++, {0, 0}), 0);
  for (const auto& values : slots) pipeline.add(test::sample(element, slot++, values), 0);
  pipeline.flush();
  Scorer scorer;
  std::vector<AlarmEvent> events;
  std::vector<std::string> lines;
  for (const Verdict& verdict : pipeline.process(scorer, events))
    lines.push_back(to_json_line(verdict, pipeline.store(), model));
  return lines;
}

TEST_CASE("a verdict's line has exactly the documented fields") {
  const auto model = test::hand_made_model();
  for (const std::string& text : lines_of({{0, 0}, {9, 0}, {9, 0}, {9, 9}, {9, 9}}, *model)) {
    CHECK(text.find('\n') == std::string::npos);
    std::vector<std::string> keys;
    const Json line = Json::parse(text);
    for (const auto& item : line.items()) keys.push_back(item.key());
    CHECK(keys == std::vector<std::string>{"id", "element", "time", "verdict", "fault_type",
                                           "distance", "p_value", "runner_up", "reason", "masked",
                                           "kpis"});
  }
}

TEST_CASE("identity is the element and the end of its newest slot") {
  const auto lines = lines_of({}, *test::hand_made_model());
  REQUIRE(lines.size() == 4);
  const Json line = Json::parse(lines[0]);
  CHECK(line["element"] == "leaf \"1\"\xc3\xa9");
  CHECK(line["time"] ==
        "2017-07-14T02:40:10Z");  // slot 150000000 of 10 s begins ten seconds before
  CHECK(line["id"] == "leaf \"1\"\xc3\xa9@2017-07-14T02:40:10Z");
}

TEST_CASE("a slot that is not scored says why, and nothing of clusters") {
  const Json line = Json::parse(lines_of({}, *test::hand_made_model())[0]);
  CHECK(line["verdict"] == "not_scored");
  CHECK(line["reason"] == "learning");
  for (const char* key : {"fault_type", "distance", "p_value", "runner_up"})
    CHECK(line[key].is_null());
  CHECK(line["masked"].empty());
  CHECK(line["kpis"].empty());
}

TEST_CASE("normal, fault and unknown") {
  const auto lines = lines_of({{0, 0}, {9, 0}, {9, 0}, {9, 0}, {9, 0}, {9, 9}, {9, 9}, {9, 9}},
                              *test::hand_made_model());
  const Json normal = Json::parse(lines[4]);
  CHECK(normal["verdict"] == "normal");
  CHECK(normal["fault_type"].is_null());
  CHECK(normal["reason"].is_null());
  CHECK(normal["distance"] == 0.0);
  CHECK(normal["p_value"] == 1.0);
  CHECK(normal["kpis"].empty());

  const Json fault = Json::parse(lines[8]);
  CHECK(fault["verdict"] == "fault");
  CHECK(fault["fault_type"] == "loss");
  CHECK(fault["runner_up"] == "normal");
  CHECK(fault["distance"].get<double>() < 0.2);
  CHECK(fault["p_value"].get<double>() > 0.5);
  REQUIRE(fault["kpis"].size() == 2);
  CHECK(fault["kpis"][0]["kpi"] == "a");
  CHECK(fault["kpis"][0]["deviation"].get<double>() > 4);
  CHECK(fault["kpis"][1]["kpi"] == "b");

  const Json unknown = Json::parse(lines[9]);  // b has begun to move too
  CHECK(unknown["verdict"] == "unknown");
  CHECK(unknown["fault_type"].is_null());
  CHECK(unknown["runner_up"] == "loss");  // what it is most like
  CHECK(unknown["p_value"].get<double>() <= 0.02);
  CHECK(unknown["kpis"].size() == 2);
}

TEST_CASE("the KPIs masked in the newest slot are named") {
  // b is carried over three slots, then missing.
  const auto lines = lines_of({{0, kMissing}, {0, kMissing}, {0, kMissing}, {0, kMissing}, {0, 0}},
                              *test::hand_made_model());
  CHECK(Json::parse(lines[6])["masked"] == Json::array());
  CHECK(Json::parse(lines[7])["masked"] == Json::array({"b"}));
  CHECK(Json::parse(lines[8])["masked"] == Json::array());
}

TEST_CASE("the same records give the same bytes") {
  const auto model = test::hand_made_model();
  const std::vector<std::vector<double>> slots{{1.0 / 3, 0}, {9, 2.0 / 7}, {9, 0}, {1e6, -1e-7}};
  CHECK(lines_of(slots, *model) == lines_of(slots, *model));
}

TEST_CASE("a name that is not UTF-8 still gives a line of JSON") {
  Pipeline pipeline(test::hand_made_model(), test::hand_made_config(), test::store_options());
  pipeline.add(test::sample("bad\xff", 5, {0, 0}), 0);
  Scorer scorer;
  std::vector<AlarmEvent> events;
  const auto& verdicts = pipeline.process(scorer, events);
  REQUIRE(verdicts.size() == 1);
  CHECK(Json::accept(to_json_line(verdicts[0], pipeline.store(), pipeline.model())));
}

TEST_CASE(
    "the strongest KPIs are those with the greatest mean deviation of the newest four slots") {
  config::InputSpec input = test::gauges(5);
  std::vector<float> window(6 * 5, 0.0F);
  for (int slot = 0; slot < 2; ++slot) window[static_cast<std::size_t>(slot) * 5] = 10;  // too old
  for (int slot = 2; slot < 6; ++slot) {
    float* row = window.data() + slot * 5;
    row[1] = -3;
    row[2] = 1;
    row[3] = slot % 2 == 0 ? 8.0F : -8.0F;  // moves much, but its mean is 0
    row[4] = 2;
  }
  const auto kpis = strongest_kpis(window, input);
  REQUIRE(kpis.size() == 3);
  CHECK(kpis[0].name == "b");
  CHECK(kpis[0].deviation == doctest::Approx(-3));
  CHECK(kpis[1].name == "e");
  CHECK(kpis[2].name == "c");
  CHECK(activity(window, input) == doctest::Approx(8));
}

TEST_CASE("a window shorter than four slots is looked at whole") {
  const std::vector<float> window{1, -4, 3, -2};
  CHECK(activity(window, test::gauges(2)) == doctest::Approx(3));
  CHECK(strongest_kpis(window, test::gauges(2))[0].deviation == doctest::Approx(-3));
}

// A gauge that stands still and a state, whose usual tokens are 5 and 6; over these slots.
std::vector<float> window_of(const std::vector<float>& states) {
  std::vector<float> window;
  for (const float state : states) window.insert(window.end(), {0.5F, state});
  return window;
}

TEST_CASE("a state moves in slots where it changes, or is what normal slots never were") {
  config::InputSpec input = test::gauges(1);
  input.kpis.push_back(test::state("s"));
  input.usual = {{5, 6}};
  const std::vector<std::pair<std::vector<float>, double>> table = {
      {{5, 5, 5, 5, 5, 5}, 0.5},  // the gauge alone
      {{6, 5, 5, 5, 5, 5}, 0.5},  // changed too long ago
      {{5, 5, 5, 5, 5, 6}, 2.5},  // one of the newest four slots
      {{5, 5, 5, 6, 5, 6}, 7.5},  // flaps
      {{9, 9, 9, 9, 9, 9}, 10},   // stands where it never stood
      {{5, 5, 5, 0, 0, 5}, 0.5},  // was not reported: silence is no fault
      {{5, 5, 5, 0, 0, 6}, 2.5},  // but what changed meanwhile did
      {{0, 0, 0, 0, 0, 5}, 0.5},  // nothing was before it
  };
  for (const auto& [states, expected] : table) {
    CAPTURE(states);
    CHECK(activity(window_of(states), input) == doctest::Approx(expected));
  }
  const auto strongest = strongest_kpis(window_of({5, 5, 5, 5, 9, 9}), input);
  REQUIRE(strongest.size() == 2);
  CHECK(strongest[0].name == "s");
  CHECK(strongest[0].deviation == doctest::Approx(5));
  CHECK(strongest[1].deviation == doctest::Approx(0.5));
  input.usual.clear();  // nothing is known of what is usual
  CHECK(activity(window_of({9, 9, 9, 9, 9, 9}), input) == doctest::Approx(0.5));
}

TEST_CASE("a text moves when any of its tokens does") {
  config::InputSpec input;
  input.kpis = {test::text("t", config::TokenSplit::words, 3)};
  input.usual = {{4, 5, 6}};
  CHECK(activity(std::vector<float>{4, 5, 0, 4, 5, 0}, input) == 0);
  CHECK(activity(std::vector<float>{4, 5, 0, 4, 6, 0}, input) == doctest::Approx(5));
  CHECK(activity(std::vector<float>{4, 5, 7, 4, 5, 7}, input) == doctest::Approx(10));
}

TEST_CASE("a window that looks calm is normal, whatever it lies near") {
  auto model = test::hand_made_model();
  model->calm_deviation = 20;  // everything is calm
  Pipeline pipeline(model, test::hand_made_config(), test::store_options());
  for (int slot = 0; slot < 9; ++slot)
    pipeline.add(test::sample("e", slot, {slot < 4 ? 0.0 : 9.0, 0}), 0);
  Scorer scorer;
  std::vector<AlarmEvent> events;
  const Verdict& last = pipeline.process(scorer, events).back();
  CHECK(last.outcome == Outcome::normal);
  CHECK(last.match.nearest == 0);
  CHECK(model->label(last.match.runner_up) == "loss");
  CHECK(last.match.distance == doctest::Approx(2).epsilon(0.01));  // to normal: (1 - .5) / .25
  CHECK(last.match.runner_up_distance < 0.1F);
  CHECK(events.empty());
}

TEST_CASE("what the clusters call normal is unknown where nothing like it was ever seen") {
  auto model = test::hand_made_model();
  const auto last = [&](const std::vector<double>& values) {
    Pipeline pipeline(model, test::hand_made_config(), test::store_options());
    for (int i = 0; i < 12; ++i)
      pipeline.add(test::sample("leaf", 150000000 + i, i < 8 ? std::vector<double>{0, 0} : values),
                   0);
    pipeline.flush();
    Scorer scorer;
    std::vector<AlarmEvent> events;
    return pipeline.process(scorer, events).back();
  };
  CHECK(last({0.8, 0}).outcome == Outcome::normal);
  CHECK(last({9, 0}).outcome == Outcome::fault);
  model::LabelledWindows seen{model::Matrix::Zero(3, 8), {0, 0, 0}};
  std::vector<float> scores(100);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(i) / 200;
  model->familiarity = {seen, {scores, 100}, 0.02, {2, 2}};
  const Verdict strange = last({0.8, 0});
  CHECK(strange.outcome == Outcome::unknown);
  CHECK(strange.match.p_value == doctest::Approx(1 / 101.0));
  CHECK(strange.unfamiliar);
  CHECK(last({0.1, 0}).outcome == Outcome::normal);
  CHECK(last({9, 0}).outcome == Outcome::fault);  // a name is not doubted
  CHECK_FALSE(last({9, 0}).unfamiliar);
  model->calm_deviation = 1;
  CHECK(last({0.8, 0}).outcome == Outcome::normal);  // it looks calm
}

// A model whose "flap" the encoder saw too little of: b high, and a as well, by its references.
std::shared_ptr<LoadedModel> few_shot_model() {
  auto model = test::hand_made_model();
  model->resemblance = [] {
    model::LabelledWindows seen{model::Matrix::Zero(9, 8), {0, 0, 0, 1, 1, 1, 2, 2, 2}};
    for (int cell = 0; cell < 8; ++cell) {
      seen.windows.middleRows(3, 3).col(cell).setConstant(cell % 2 == 0 ? 9 : 0);
      seen.windows.middleRows(6, 3).col(cell).setConstant(9);
    }
    return model::Resemblance(seen, {1, 1, 1, 0, 0, 0, 0, 0, 0}, {0, 0, 1}, 0, {2, 2});
  }();
  return model;
}

TEST_CASE("a type that the encoder saw too little of is told by shape") {
  const auto last = [](const LoadedModel& model, const std::vector<double>& values) {
    const auto lines = lines_of({{0, 0}, {0, 0}, values, values, values, values}, model);
    return Json::parse(lines.back());
  };
  const auto few = few_shot_model();
  const Json flap = last(*few, {9, 9});
  CHECK(flap["verdict"] == "fault");  // like neither to the encoder
  CHECK(flap["fault_type"] == "flap");
  CHECK(last(*few, {9, 0})["fault_type"] == "loss");  // what is better known has its say first
  CHECK(last(*test::hand_made_model(), {0, 9})["fault_type"] == "flap");  // the encoder alone
  const Json other = last(*few, {0, 9});
  CHECK(other["verdict"] == "normal");
  CHECK(other["runner_up"] == "flap");
  CHECK(last(*few, {0, 0})["verdict"] == "normal");
}

TEST_CASE("numbers are rounded to four significant digits and are always finite") {
  CHECK(rounded(0.123456) == 0.1235);
  CHECK(rounded(-98766) == -98770);
  CHECK(rounded(std::numeric_limits<double>::infinity()) == 1e9);
  CHECK(rounded(std::numeric_limits<double>::quiet_NaN()) == 0);
}

}  // namespace verdict_test
}  // namespace faultprint::daemon
