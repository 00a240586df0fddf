#include "daemon/references.h"

#include <doctest/doctest.h>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace references_test {

constexpr double kAlpha = 0.001;

model::ReferenceClusters clusters(std::int64_t normal_windows, std::int64_t incidents,
                                  bool enrolled) {
  std::vector<model::Cluster> all{test::hand_made_cluster("normal", 0, 0),
                                  test::hand_made_cluster("flap", 1, 1)};
  all[0].windows = normal_windows;
  all[0].incidents = 1;
  all[1].incidents = incidents;
  all[1].enrolled = enrolled;
  return {all, kAlpha, 2};
}

model::Resemblance resemblance(const model::ReferenceClusters& of,
                               const config::InputSpec& input = test::gauges(2)) {
  model::LabelledWindows references{model::Matrix::Zero(2, 8), {0, 1}};
  references.windows.row(1).setConstant(5);
  return resemblance_of(references, {"normal", "flap"}, of, input, 1);
}

TEST_CASE("a type is told by shape that was enrolled from one incident or two") {
  CHECK(resemblance(clusters(5000, 1, true)).known());
  CHECK(resemblance(clusters(5000, 1, true)).tells(1));
  CHECK(resemblance(clusters(5000, 2, true)).known());
  CHECK_FALSE(resemblance(clusters(5000, 3, true)).known());
  CHECK_FALSE(resemblance(clusters(5000, 1, false)).known());
}

TEST_CASE(
    "or that was trained from as few, and less of normal than the false-alarm rate asks for") {
  CHECK(resemblance(clusters(998, 1, false)).known());
  CHECK_FALSE(resemblance(clusters(999, 1, false)).known());
  CHECK_FALSE(resemblance(clusters(998, 3, false)).known());
}

TEST_CASE("where there are no deviations of numbers nothing is told by shape") {
  config::InputSpec states = test::gauges(2);
  states.kpis[1].kind = config::KpiKind::state;
  states.kpis[1].buckets = 16;
  CHECK_FALSE(resemblance(clusters(5000, 1, true), states).known());
  config::InputSpec plain = test::gauges(2);
  plain.baseline.none = true;
  CHECK_FALSE(resemblance(clusters(5000, 1, true), plain).known());
}

}  // namespace references_test
}  // namespace faultprint::daemon
