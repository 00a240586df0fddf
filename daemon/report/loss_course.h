// How a loss moves the embeddings of the same windows, epoch by epoch.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/class_spread.h"
#include "model/trainer.h"

namespace faultprint::daemon::report {

// The windows that are followed; of all losses the same.
struct CourseSample {
  std::vector<std::size_t> training;  // rows that teach
  std::vector<std::size_t> shown;     // rows that are followed
  std::vector<bool> kept_out;         // of those: took no part in training
};

struct CourseEpoch {
  std::optional<double> loss;                  // none before the first
  double active = 1;                           // share of open hinges
  std::optional<model::ClassSpread> learned;   // of the shown windows that teach
  std::optional<model::ClassSpread> kept_out;  // of the others
  model::Matrix positions;  // shown x components, all by the principal components of the last epoch
};

struct LossCourse {
  model::LossKind kind = model::LossKind::lossless_ln;
  std::vector<CourseEpoch> epochs;  // [0] is the network before training
  std::vector<double> explained;    // share of the last epoch's variance along each component
  int width = 0;
};

// The split of training's first run, and a sample of at most so many windows, the same of each
// label.
CourseSample course_sample(const model::TrainingWindows& data, const model::TrainOptions& options,
                           std::size_t most);

// Trains by options.loss. on_epoch is told after each, from 0.
LossCourse follow_loss(const model::TrainingWindows& data, const model::TrainOptions& options,
                       const CourseSample& sample, const std::function<void(int epoch)>& on_epoch);

}  // namespace faultprint::daemon::report
