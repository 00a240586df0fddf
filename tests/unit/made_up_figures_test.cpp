#include "model/made_up_figures.h"

#include <doctest/doctest.h>

#include <numeric>

#include "model/trainer.h"
#include "training_data.h"

namespace faultprint::model {
namespace made_up_figures_test {

TrainingWindows unlabelled() {
  test::TrainingShape quiet;
  quiet.size = 0;
  TrainingWindows data = test::training_data(quiet);
  data.class_names = {"normal"};
  data.labels.assign(data.size(), 0);
  data.incidents.assign(data.size(), -1);
  return data;
}

TrainOptions small(EncoderKind kind) {
  TrainOptions options;
  options.encoder = default_spec(kind, 4, 2);
  options.encoder.hidden = {16};
  options.epochs = 3;
  options.steps_per_epoch = 15;
  options.alpha = 0.02;
  return options;
}

MadeUpFigures figures_at(const TrainResult& model, const TrainingWindows& data, double size) {
  std::vector<std::size_t> rows(data.size());
  std::iota(rows.begin(), rows.end(), 0);
  CurriculumOptions faults;
  faults.least_size = faults.greatest_size = size;
  return MadeUpFaults(data, rows, 4, 2, faults, 1).measure(model.encoder, model.clusters);
}

TEST_CASE("made-up faults that are large are told, and those that are nothing are not") {
  const TrainingWindows data = unlabelled();
  const TrainResult model = train(data, small(EncoderKind::dense), {});
  const MadeUpFigures large = figures_at(model, data, 9);
  const MadeUpFigures nothing = figures_at(model, data, 1e-6);
  CHECK(large.auroc > 0.9);
  CHECK(nothing.auroc == doctest::Approx(0.5).epsilon(0.15));
  CHECK(large.named > 0.15);
  CHECK(nothing.named < 0.1);
  CHECK(large.named > 3 * nothing.named);
}

TEST_CASE("without labels training is judged by made-up faults, with labels by labels") {
  std::vector<EpochReport> epochs;
  const auto listener = [&](const EpochReport& report) {
    epochs.push_back(report);
    return true;
  };
  const TrainResult bare = train(unlabelled(), small(EncoderKind::universal), listener);
  CHECK(bare.validation_f1 == -1);
  CHECK(bare.made_up.auroc > 0.6);
  CHECK(bare.made_up.named > 0.02);
  CHECK(epochs.front().validation_f1 == -1);
  CHECK(epochs.front().made_up_auroc > 0.5);
  CHECK(epochs.back().run == 2);
  CHECK(epochs.back().made_up_auroc == -1);
  const TrainResult labelled = train(test::training_data({}), small(EncoderKind::dense), {});
  CHECK(labelled.validation_f1 > 0.5);
  CHECK(labelled.made_up.auroc == -1);
  CHECK(labelled.made_up.named == -1);
}

TEST_CASE("where there is no normal or no number nothing is measured") {
  const TrainingWindows data = unlabelled();
  const TrainResult model = train(data, small(EncoderKind::dense), {});
  CHECK(MadeUpFaults(data, {}, 4, 2, {}, 1).measure(model.encoder, model.clusters).auroc == -1);
  CHECK(MadeUpFaults(data, {0, 1}, 4, 0, {}, 1).measure(model.encoder, model.clusters).auroc == -1);
}

}  // namespace made_up_figures_test
}  // namespace faultprint::model
