// Windows judged by models that took no part in them.
#include "model/cross_fit.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "training_data.h"

namespace faultprint::model {
namespace cross_fit_test {

constexpr int kFolds = 4;

TrainOptions quick() {
  TrainOptions options;
  options.encoder.window = 4;
  options.encoder.kpis = 2;
  options.encoder.hidden = {16};
  options.encoder.embedding = 8;
  options.epochs = 3;
  options.least_epochs = 3;
  options.steps_per_epoch = 15;
  options.windows_per_batch = 48;
  options.learning_rate = 5e-3;
  options.alpha = 0.02;
  return options;
}

TEST_CASE("every incident of a type that has two lies in one fold, and each fold has some") {
  const TrainingWindows data = test::training_data({});
  const Folds folds(data, 4, kFolds, 1);
  std::map<int, int> incidents;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.incidents[i] >= 0)
      incidents[data.incidents[i]] = folds.of(data.incidents[i], data.elements[i], data.slots[i]);
  std::map<int, int> sizes;
  for (const auto& [incident, fold] : incidents) {
    CHECK(fold >= 0);
    ++sizes[fold];
  }
  CHECK(sizes.size() == kFolds);
  for (const auto& [fold, size] : sizes)
    CHECK(std::abs(size - static_cast<int>(incidents.size()) / kFolds) <= 1);
}

TEST_CASE("the only incident of a type is kept out of nothing") {
  TrainingWindows data = test::training_data({});
  int one = -1;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.labels[i] != 2) continue;
    if (one < 0) one = data.incidents[i];
    if (data.incidents[i] != one) data.labels[i] = TrainingWindows::kUnused;
  }
  CHECK(Folds(data, 4, kFolds, 1).of(one, 0, data.slots[0]) == Folds::kNone);
}

TEST_CASE("stretches of an element's normal are dealt in turn") {
  const TrainingWindows data = test::training_data({});
  const Folds folds(data, 4, kFolds, 1);
  std::set<int> seen;
  for (int stretch = 0; stretch < kFolds; ++stretch) {
    const std::int64_t slot = 100000 / normal_stretch(4) * normal_stretch(4);
    seen.insert(folds.of(-1, 0, slot + stretch * normal_stretch(4)));
    CHECK(folds.of(-1, 0, slot) == folds.of(-1, 0, slot + normal_stretch(4) - 1));
  }
  CHECK(seen.size() == kFolds);
}

TEST_CASE("each fold's model knows every label, and names what it took no part in") {
  const TrainingWindows data = test::training_data({});
  const TrainResult whole = train(data, quick(), {});
  const Folds folds(data, 4, kFolds, 1);
  double last = 0;
  const auto models = cross_fit(data, quick(), whole, folds, [&](double share) {
    CHECK(share > last);
    last = share;
    return true;
  });
  CHECK(last == doctest::Approx(1));
  REQUIRE(models.size() == kFolds);
  double right = 0;
  double all = 0;
  for (int fold = 0; fold < kFolds; ++fold) {
    const CrossFit& fit = models[static_cast<std::size_t>(fold)];
    REQUIRE(fit.clusters.clusters().size() == 3);
    Encoder::Scratch scratch;
    Matrix distances;
    std::vector<Match> matches;
    fit.clusters.match(Matrix(fit.encoder.embed(data.windows, scratch)), distances, matches);
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.pure[i] == 0 || folds.of(data.incidents[i], data.elements[i], data.slots[i]) != fold)
        continue;
      all += 1;
      right += matches[i].nearest == data.labels[i] ? 1 : 0;
    }
  }
  CHECK(right / all > 0.95);
  CHECK(all > 0.5 * static_cast<double>(data.size()));
}

TEST_CASE("scores and limits are those of the whole model") {
  const TrainingWindows data = test::training_data({});
  const TrainResult whole = train(data, quick(), {});
  const auto models =
      cross_fit(data, quick(), whole, Folds(data, 4, 2, 1), [](double) { return true; });
  for (const CrossFit& fit : models)
    for (std::size_t c = 0; c < 3; ++c) {
      CHECK(fit.clusters.clusters()[c].scores == whole.clusters.clusters()[c].scores);
      CHECK(fit.clusters.clusters()[c].limit == whole.clusters.clusters()[c].limit);
    }
}

TEST_CASE("work that is broken off leaves nothing half done") {
  const TrainingWindows data = test::training_data({});
  const TrainResult whole = train(data, quick(), {});
  CHECK(cross_fit(data, quick(), whole, Folds(data, 4, kFolds, 1), [](double share) {
          return share < 0.5;
        }).empty());
}

}  // namespace cross_fit_test
}  // namespace faultprint::model
