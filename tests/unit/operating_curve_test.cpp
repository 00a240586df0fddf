// Which setting a rate of false alarms chooses.
#include "daemon/operating_curve.h"

#include <doctest/doctest.h>

#include <random>
#include <stdexcept>

#include "config/config.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace operating_curve_test {

// Ten elements watched for two days: one false alarm is half a one a day.
OperatingCurve curve_of(std::vector<OperatingPoint> points, std::size_t incidents = 10) {
  return {10, 20, incidents, std::move(points)};
}

OperatingCurve example() {
  return curve_of({{2, 2, 0, 12, 10, 12.0},
                   {3, 4, 0, 4, 9, 21.0},
                   {3, 4, 1, 2, 9, 26.0},
                   {6, 8, 2, 0, 4, 60.0}});
}

config::AlarmConfig wanted(double rate) {
  config::AlarmConfig alarms;
  alarms.false_alarms_per_day = rate;
  return alarms;
}

OperatingCurve random_curve(std::mt19937_64& random) {
  std::vector<OperatingPoint> points;
  for (int i = 0; i < 30; ++i)
    points.push_back({1 + static_cast<int>(random() % 3), 3 + static_cast<int>(random() % 3),
                      static_cast<float>(random() % 4), random() % 20, random() % 11,
                      static_cast<double>(random() % 60)});
  return curve_of(points);
}

TEST_CASE("of the settings within the rate the one that names most is chosen, the sooner of two") {
  CHECK(choose(example(), wanted(6))->named == 10);
  const auto chosen = choose(example(), wanted(3));
  CHECK(chosen->named == 9);
  CHECK(chosen->median_delay_s == 21.0);
  CHECK(choose(example(), wanted(1))->median_delay_s == 26.0);
  CHECK(choose(example(), wanted(0.1))->named == 4);
}

TEST_CASE("a greater rate names no fewer incidents, and what is chosen stays within it") {
  std::mt19937_64 random(5);
  for (int turn = 0; turn < 200; ++turn) {
    const OperatingCurve curve = random_curve(random);
    std::size_t named = 0;
    for (const double rate : {10.0, 8.0, 6.0, 4.0, 2.0, 1.0}) {
      const auto chosen = choose(curve, wanted(rate));
      REQUIRE(chosen);
      if (curve.false_per_day(*chosen) > rate) break;  // nothing is as quiet as that
      CHECK((rate == 10.0 || chosen->named <= named));
      named = chosen->named;
    }
  }
}

TEST_CASE("where nothing is quiet enough the quietest is chosen") {
  const auto chosen = choose(curve_of({{2, 2, 0, 12, 10, 12.0}, {3, 4, 0, 4, 1, {}}}), wanted(1));
  CHECK(chosen->false_alarms == 4);
}

TEST_CASE("an explicit raise wins") {
  config::AlarmConfig alarms = wanted(6);
  alarms.raise_given = true;
  alarms.raise_count = 3;
  alarms.raise_of = 4;
  CHECK(choose(example(), alarms)->named == 9);
  alarms.raise_of = 7;
  CHECK_FALSE(choose(example(), alarms));
}

TEST_CASE("without an incident to name the soonest setting within the rate is chosen") {
  const OperatingCurve curve =
      curve_of({{6, 8, 0, 0, 0, {}}, {3, 4, 0, 1, 0, {}}, {2, 2, 0, 9, 0, {}}}, 0);
  CHECK(choose(curve, wanted(1))->raise_of == 4);
}

TEST_CASE("the frontier tells what each further false alarm buys") {
  const auto points = frontier(example());
  REQUIRE(points.size() == 3);
  CHECK(points[0].named == 4);
  CHECK(points[1].median_delay_s == 26.0);
  CHECK(points[2].named == 10);
}

TEST_CASE("a rate below three in all that was watched cannot be told from none") {
  CHECK(example().least_rate() == doctest::Approx(1.5));
}

TEST_CASE("a curve is written and read") {
  OperatingCurve curve = example();
  curve.points.push_back({3, 3, 0.35F, 7, 0, std::nullopt});
  const std::string text = to_json(curve);
  CHECK(to_json(operating_curve_from_json(text)) == text);
  for (const char* bad :
       {"", "[]", "{}", R"({"elements":1,"element_days":0,"incidents":0,"points":[]})",
        R"({"elements":1,"element_days":1,"incidents":0,"points":[{"raise":[4,3],)"
        R"("margin":0,"false_alarms":0,"named":0,"median_delay_s":null}]})"})
    CHECK_THROWS_AS(operating_curve_from_json(bad), std::invalid_argument);
}

TEST_CASE(
    "a raise that meets the rate by naming far fewer incidents than another says what it costs") {
  config::AlarmConfig alarms = wanted(3);
  CHECK(setting_warnings(example(), alarms).empty());
  alarms.raise_given = true;
  alarms.raise_count = 3;
  alarms.raise_of = 4;
  CHECK(setting_warnings(example(), alarms).empty());
  alarms.raise_count = 6;
  alarms.raise_of = 8;
  const auto warnings = setting_warnings(example(), alarms);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] ==
        "W_RAISE_COSTS: with alarms.raise 6/8, 3 false alarms a day take a margin of 2.00, which "
        "named 4 of 10 incidents in training: 3/4, with a margin of 0.00, named 9. Leave "
        "alarms.raise out, or allow more false alarms");
  alarms.raise_count = 2;  // six a day
  alarms.raise_of = 2;
  REQUIRE(setting_warnings(example(), alarms).size() == 1);
  CHECK(setting_warnings(example(), alarms)[0].starts_with("W_RATE_MISSED: no setting stays"));
  CHECK(setting_warnings(std::nullopt, alarms).empty());
  alarms.false_alarms_per_day = 0;
  CHECK(setting_warnings(example(), alarms).empty());
}

TEST_CASE("for people the curve is a row for each point that names more, and the one chosen") {
  CHECK(to_text(example(), choose(example(), wanted(3))) ==
        "  false alarms     named     delay   raise  margin\n"
        "       0 a day      4/10    60.0 s     6/8    2.00\n"
        "       1 a day      9/10    26.0 s     3/4    1.00\n"
        "       6 a day     10/10    12.0 s     2/2    0.00\n"
        "       2 a day      9/10    21.0 s     3/4    0.00  <- chosen\n");
}

TEST_CASE("a configured rate needs a model with a curve that has its raise") {
  auto model = test::hand_made_model();
  config::AlarmConfig alarms = test::hand_made_config().group().alarms;
  CHECK(alarm_rules(alarms, *model).margin == 0);
  alarms.false_alarms_per_day = 1;
  CHECK_THROWS_WITH_AS(alarm_rules(alarms, *model),
                       "alarms.false_alarms_per_day: the model keeps no false alarms to choose by: "
                       "train it with this configuration",
                       config::ConfigError);
  model->curve = example();
  const AlarmRules rules = alarm_rules(alarms, *model);
  CHECK(rules.alarms.raise_of == 4);
  CHECK(rules.margin == 1);
  alarms.raise_given = true;
  alarms.raise_of = 9;
  CHECK_THROWS_AS(alarm_rules(alarms, *model), config::ConfigError);
}

TEST_CASE("a window that is not nearer to a fault by the margin is normal") {
  auto model = test::hand_made_model();
  config::Config config = test::hand_made_config();
  const auto outcomes = [&](float margin) {
    model->curve = curve_of({{2, 3, margin, 0, 1, 1.0}}, 1);
    config.group().alarms.false_alarms_per_day = 1;
    Pipeline pipeline(model, config, test::store_options());
    for (int i = 0; i < 30; ++i)
      pipeline.add(test::sample("leaf1", 150000000 + i, {i < 20 ? 0.0 : 9.0, 0.0}), 0);
    pipeline.flush();
    Scorer scorer;
    std::vector<AlarmEvent> events;
    int faults = 0;
    for (const Verdict& verdict : pipeline.process(scorer, events))
      faults += verdict.outcome == Outcome::fault ? 1 : 0;
    return std::pair(faults, events.size());
  };
  const auto [faults, raised] = outcomes(0);
  CHECK(faults > 3);
  CHECK(raised == 1);
  CHECK(outcomes(0.5F).first > 0);
  CHECK(outcomes(0.5F).first <= faults);
  CHECK(outcomes(100) == std::pair(0, std::size_t{0}));
}

}  // namespace operating_curve_test
}  // namespace faultprint::daemon
