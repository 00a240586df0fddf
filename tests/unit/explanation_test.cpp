// What an alarm of the whole pipeline says of itself.
#include "daemon/explanation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace explanation_test {

using test::sample;

// Both KPIs at 100 or so with a logarithmic scale for the second; then the first rises.
struct Run {
  std::shared_ptr<LoadedModel> model = test::hand_made_model();
  std::vector<AlarmEvent> events;

  explicit Run(bool log_scale, bool known = true, std::size_t batch = 1) {
    if (log_scale) model->input.kpis[1].scale = config::KpiScale::log;
    auto clusters = model->model.clusters.clusters();
    if (known) clusters[1].origins = {{"spine1", 1400000000LL * 1000000}};
    model->model.clusters = model::ReferenceClusters(clusters, 0.02, 2);
    Pipeline pipeline(model, test::hand_made_config(), test::store_options());
    Scorer scorer;
    for (std::int64_t i = 0; i < 60; ++i) {
      const double wave = i % 2 == 0 ? 1 : -1;
      pipeline.add(sample("leaf1", 150000000 + i, {100 + wave + (i > 45 ? 40 : 0), 100 + wave}), 0);
      if (i % static_cast<std::int64_t>(batch) != 0) continue;
      pipeline.process(scorer, events);
      pipeline.finish_batch();
    }
    pipeline.process(scorer, events);
  }
};

TEST_CASE("the KPI that moved is told with its value and what is normal, in its own unit") {
  for (const bool log_scale : {false, true}) {
    CAPTURE(log_scale);
    const Run run(log_scale);
    REQUIRE_FALSE(run.events.empty());
    const Explanation& why = run.events[0].why;
    REQUIRE(why.kpis.size() == 2);
    CHECK(why.kpis[0].name == "a");
    CHECK(why.kpis[0].value == doctest::Approx(140).epsilon(0.02));
    CHECK(why.kpis[0].normal == doctest::Approx(100).epsilon(0.05));
    CHECK(why.kpis[0].deviation > 4);
    CHECK(why.kpis[1].value == doctest::Approx(100).epsilon(0.02));
    CHECK(why.kpis[1].normal == doctest::Approx(100).epsilon(0.05));
  }
}

TEST_CASE("the nearest known incident is named by its element and time") {
  const Run run(false);
  REQUIRE_FALSE(run.events.empty());
  REQUIRE(run.events[0].why.nearest.size() == 1);
  const Explanation::Incident& nearest = run.events[0].why.nearest[0];
  CHECK(nearest.fault_type == "loss");
  CHECK(nearest.element == "spine1");
  CHECK(nearest.time_us == 1400000000LL * 1000000);
  CHECK(nearest.distance == doctest::Approx(run.events[0].why.distance).epsilon(0.01));
}

TEST_CASE("a model that does not say where its references come from explains the rest") {
  const Run run(false, false);
  REQUIRE_FALSE(run.events.empty());
  CHECK(run.events[0].why.nearest.empty());
  CHECK(run.events[0].why.kpis.size() == 2);
  CHECK(run.events[0].clear == 3);
  CHECK(run.events[0].period == config::Microseconds(test::kPeriod));
}

TEST_CASE("an explanation does not depend on how records fall into batches") {
  const Run single(false, true, 1);
  const Run many(false, true, 1000);
  REQUIRE(single.events.size() == many.events.size());
  REQUIRE_FALSE(single.events.empty());
  for (std::size_t i = 0; i < single.events.size(); ++i)
    CHECK(to_json_line(single.events[i]) == to_json_line(many.events[i]));
}

}  // namespace explanation_test
}  // namespace faultprint::daemon
