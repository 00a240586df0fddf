#include "daemon/mistaken_normal.h"

#include <doctest/doctest.h>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace mistaken_normal_test {

constexpr std::int64_t kStart = 100;  // slot of the incident, which lasts for two

model::Matrix window_at(float a) {
  model::Matrix window(1, 8);
  for (Eigen::Index cell = 0; cell < 8; ++cell) window(cell) = cell % 2 == 0 ? a : 0;
  return window;
}

// References of normal whose first KPI stands at 0, 1, 2, ...; prototypes are their embeddings.
LoadedModel taught(int windows) {
  LoadedModel model = *test::hand_made_model();
  auto& references = model.model.references;
  references.windows = model::Matrix(windows, 8);
  for (int i = 0; i < windows; ++i)
    references.windows.row(i) = window_at(static_cast<float>(i)).row(0);
  references.labels.assign(static_cast<std::size_t>(windows), 0);
  model.model.reference_labels = {"normal"};
  auto clusters = model.model.clusters.clusters();
  model::Encoder::Scratch scratch;
  clusters[0].prototypes = model.model.encoder.embed(references.windows, scratch);
  model.model.clusters = model::ReferenceClusters(std::move(clusters), 0.02, 2);
  return model;
}

// Windows of an element at slots from 98 on, whose first KPI stands at 0, 1, 2, ...
struct History {
  Dataset data;
  ingest::Incidents incidents{{[] {
                                ingest::Incident row;
                                row.element = "leaf1";
                                row.start_us = kStart * test::kPeriod;
                                row.end_us = (kStart + 2) * test::kPeriod;
                                row.fault_type = "loss";
                                row.id = 0;
                                return row;
                              }()},
                              config::Microseconds(test::kPeriod)};

  explicit History(int windows) {
    data.input = test::gauges(2);
    auto& w = data.windows;
    w.windows = model::Matrix(windows, 8);
    w.class_names = {"normal", "loss"};
    w.element_names = {"leaf1"};
    for (int i = 0; i < windows; ++i) {
      const std::int64_t slot = 98 + i;
      const bool inside = slot >= kStart && slot < kStart + 2;
      w.windows.row(i) = window_at(static_cast<float>(i)).row(0);
      w.labels.push_back(inside ? 1 : model::TrainingWindows::kUnused);
      w.incidents.push_back(inside ? 0 : -1);
      w.elements.push_back(0);
      w.pure.push_back(1);
      w.slots.push_back(slot);
    }
  }
};

TEST_CASE("windows of an incident that were taught as normal are normal no longer") {
  LoadedModel model = taught(10);
  const History history(10);
  CHECK(take_out_of_normal(model, history.data, history.incidents) == 2);
  const auto& windows = model.model.references.windows;
  REQUIRE(windows.rows() == 8);
  CHECK(model.model.references.labels.size() == 8);
  CHECK(windows(1, 0) == 1);
  CHECK(windows(2, 0) == 4);
  // Of prototypes go those, too, that reach back into it: a window has four slots.
  CHECK(model.model.clusters.clusters()[0].prototypes.rows() == 5);
  CHECK(model.model.clusters.clusters()[1].prototypes.rows() == 1);
}

TEST_CASE("another history's incidents leave normal as it is") {
  LoadedModel model = taught(10);
  History history(10);
  history.data.windows.windows.array() += 0.3F;
  CHECK(take_out_of_normal(model, history.data, history.incidents) == 0);
  CHECK(model.model.references.windows.rows() == 10);
  CHECK(model.model.clusters.clusters()[0].prototypes.rows() == 10);
}

TEST_CASE("something of normal stays, whatever is said") {
  LoadedModel model = taught(4);  // the third and the fourth are the incident's
  const History history(4);
  model.model.references.windows = model.model.references.windows.bottomRows(2).eval();
  model.model.references.labels = {0, 0};
  auto clusters = model.model.clusters.clusters();
  clusters[0].prototypes = clusters[0].prototypes.bottomRows(2).eval();
  model.model.clusters = model::ReferenceClusters(std::move(clusters), 0.02, 2);
  CHECK(take_out_of_normal(model, history.data, history.incidents) == 0);
  CHECK(model.model.references.windows.rows() == 2);
  CHECK(model.model.clusters.clusters()[0].prototypes.rows() == 2);
}

}  // namespace mistaken_normal_test
}  // namespace faultprint::daemon
