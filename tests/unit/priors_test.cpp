#include "model/priors.h"

#include <doctest/doctest.h>

#include <cmath>

#include "hand_made_model.h"

namespace faultprint::model {
namespace priors_test {

const std::vector<std::string> kLabels{"normal", "loss", "flap"};

TEST_CASE("without priors distances decide alone, and with equal ones they do, too") {
  CHECK(prior_penalties(kLabels, {}).empty());
  for (const float penalty : prior_penalties(kLabels, {{"sleet", 0.5}})) CHECK(penalty == 0);
}

TEST_CASE("the least grown distance is the most probable label") {
  const auto penalties = prior_penalties(kLabels, {{"normal", 0.99}, {"loss", 0.004}});
  REQUIRE(penalties.size() == 3);
  CHECK(penalties[0] == 0);
  CHECK(penalties[1] == doctest::Approx(std::log(0.99 / 0.004) / 1.92));
  CHECK(penalties[2] == doctest::Approx(std::log(0.99 / 0.006) / 1.92));  // what is left
  for (const float d : {0.2F, 0.7F, 1.4F, 2.2F}) {
    const double normal = std::log(0.99) - 1.92 * 1.5 * 1.5;
    const double loss = std::log(0.004) - 1.92 * d * d;
    CHECK((1.5F * 1.5F < d * d + penalties[1]) == (normal > loss));
  }
}

TEST_CASE("a label for which nothing is left is not impossible") {
  const auto penalties = prior_penalties(kLabels, {{"normal", 1}});
  CHECK(std::isfinite(penalties[1]));
  CHECK(penalties[1] == doctest::Approx(std::log(1e6) / 1.92));
}

}  // namespace priors_test
}  // namespace faultprint::model

namespace faultprint::daemon {
namespace priors_test {

// Fault verdicts and raised alarms of a stream whose first KPI rises a little, under these priors.
std::pair<int, std::size_t> outcomes(const std::map<std::string, double>& priors, bool by_reload) {
  const auto model = test::hand_made_model();
  config::Config config = test::hand_made_config();
  config::AlarmConfig alarms = config.group().alarms;
  alarms.priors = priors;
  if (!by_reload) config.group().alarms = alarms;
  Pipeline pipeline(model, config, test::store_options());
  std::vector<AlarmEvent> events;
  if (by_reload) pipeline.adopt(model, alarms, events);
  for (int i = 0; i < 30; ++i)
    pipeline.add(test::sample("leaf1", 150000000 + i, {i < 20 ? 0.0 : 9.0, 0.0}), 0);
  pipeline.flush();
  Scorer scorer;
  int faults = 0;
  for (const Verdict& verdict : pipeline.process(scorer, events))
    faults += verdict.outcome == Outcome::fault ? 1 : 0;
  return {faults, events.size()};
}

TEST_CASE("a fault that is expected more rarely takes more to be named, from a reload on too") {
  const auto [plain, raised] = outcomes({}, false);
  CHECK(plain > 3);
  CHECK(raised == 1);
  for (const bool by_reload : {false, true}) {
    CHECK(outcomes({{"normal", 0.4}, {"loss", 0.4}}, by_reload).first == plain);
    const int rare = outcomes({{"normal", 0.9}, {"loss", 0.001}}, by_reload).first;
    CHECK(rare > 0);
    CHECK(rare < plain);
    CHECK(outcomes({{"normal", 0.9}, {"loss", 1e-9}}, by_reload).first == 0);
  }
}

}  // namespace priors_test
}  // namespace faultprint::daemon
