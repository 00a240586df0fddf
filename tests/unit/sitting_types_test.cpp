#include "daemon/sitting_types.h"

#include <doctest/doctest.h>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace sitting_types_test {

constexpr float kHigh = 3;

// Windows in which a and b stand at that.
model::Matrix windows_at(int n, float a, float b) {
  model::Matrix windows(n, 8);
  for (Eigen::Index cell = 0; cell < 8; ++cell) windows.col(cell).setConstant(cell % 2 ? b : a);
  return windows;
}

void refer(LoadedModel& model, const std::string& label, const model::Matrix& windows) {
  auto& references = model.model.references;
  auto& labels = model.model.reference_labels;
  auto place = std::find(labels.begin(), labels.end(), label);
  if (place == labels.end()) place = labels.insert(labels.end(), label);
  const auto number = static_cast<int>(place - labels.begin());
  const Eigen::Index before = references.windows.rows();
  model::Matrix all(before + windows.rows(), 8);
  if (before > 0) all.topRows(before) = references.windows;
  all.bottomRows(windows.rows()) = windows;
  references.windows = std::move(all);
  references.labels.insert(references.labels.end(), static_cast<std::size_t>(windows.rows()),
                           number);
}

void add_cluster(LoadedModel& model, model::Cluster cluster) {
  auto clusters = model.model.clusters.clusters();
  clusters.push_back(std::move(cluster));
  model.model.clusters = model::ReferenceClusters(std::move(clusters), 0.02, 2);
}

// Normal, loss and flap, with references.
LoadedModel known(const std::string& without = "") {
  LoadedModel model = *test::hand_made_model(without);
  refer(model, "normal", windows_at(40, 0, 0));
  if (without != "loss") refer(model, "loss", windows_at(10, kHigh, 0));
  refer(model, "flap", windows_at(20, 0, kHigh));
  return model;
}

model::TrainingWindows evidence(const std::string& type, const model::Matrix& windows) {
  model::TrainingWindows data;
  data.class_names = {"normal", type};
  data.windows = windows;
  data.labels.assign(static_cast<std::size_t>(windows.rows()), 1);
  return data;
}

std::vector<std::string> warnings_of(const LoadedModel& was, const LoadedModel& will_be,
                                     const std::string& type, const model::Matrix& windows) {
  model::EnrolledType enrolled;
  enrolled.label = type;
  return sitting_warnings(was, will_be, evidence(type, windows), {enrolled});
}

TEST_CASE("a type whose windows were another one until now is warned of by both names") {
  const LoadedModel was = known();
  LoadedModel will_be = was;
  add_cluster(will_be, test::hand_made_cluster("storm", 0.8F, 0.5F));
  const auto warnings = warnings_of(was, will_be, "storm", windows_at(4, 3, 0));
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] ==
        "W_SITS_ON_ANOTHER: 4 of 4 windows of 'storm' are 'loss' to the model as it was, and 0 of "
        "10 that it refers to for 'loss' will be called 'storm': the two will be taken for each "
        "other. If they are one fault, enrol the incidents as 'loss'");
}

TEST_CASE("so is one that takes what the model refers to for another") {
  const LoadedModel was = known();
  LoadedModel will_be = was;
  model::Cluster wide = test::hand_made_cluster("storm", 1, 0.75F);
  wide.radius = 50;
  add_cluster(will_be, wide);
  const auto warnings = warnings_of(was, will_be, "storm", windows_at(4, 0, 0));
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].find("20 of 20 that it refers to for 'flap' will be called 'storm'") !=
        std::string::npos);
  CHECK(warnings[1].find("10 of 10 that it refers to for 'loss' will be called 'storm'") !=
        std::string::npos);
}

TEST_CASE("a type that was called normal, and takes nothing, is not warned of") {
  const LoadedModel was = known("loss");
  LoadedModel will_be = was;
  add_cluster(will_be, test::hand_made_cluster("loss", 1, 0.5F));
  CHECK(warnings_of(was, will_be, "loss", windows_at(4, kHigh, 0)).empty());
  // Nor is further evidence for the type that it was called by.
  CHECK(warnings_of(will_be, will_be, "loss", windows_at(4, kHigh, 0)).empty());
}

TEST_CASE("a type that was enrolled from one incident, and is told by shape, is one to sit on") {
  LoadedModel was = known("loss");
  model::Cluster blind = test::hand_made_cluster("loss", 0.5F, 0);  // the encoder has no eye for it
  blind.incidents = 1;
  blind.enrolled = true;
  add_cluster(was, blind);
  refer(was, "loss", windows_at(10, kHigh, 0));
  was.calm_deviation = 1;
  recognise(was);
  REQUIRE(was.resemblance.known());
  const auto warnings = warnings_of(was, was, "storm", windows_at(4, 2.5F, 0));
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].starts_with("W_SITS_ON_ANOTHER: 4 of 4 windows of 'storm' are 'loss'"));
}

}  // namespace sitting_types_test
}  // namespace faultprint::daemon
