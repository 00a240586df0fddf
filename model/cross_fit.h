// Every window judged by a model that took no part in it: what a threshold must be chosen by.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "model/trainer.h"

namespace faultprint::model {

// Which fold a window is kept out of. Incidents of each type are dealt in turn, in a random order;
// stretches of an element's normal too, in the order of time.
class Folds {
 public:
  static constexpr int kNone = -1;

  // Types with a single incident are kept out of nothing: without it none would know them.
  Folds(const TrainingWindows& data, int window, int count, std::uint64_t seed);

  int count() const { return count_; }
  // incident: its number, -1 for normal. kNone for an incident in no fold.
  int of(int incident, int element, std::int64_t slot) const;

 private:
  int count_;
  std::int64_t stretch_;  // slots
  std::map<int, int> incidents_;
};

struct CrossFit {
  Encoder encoder;
  ReferenceClusters clusters;  // labels, scores, limits and incidents are the whole model's
};

// One model a fold, each trained on the other folds for as many epochs as `whole` was. on_epoch is
// told how much of all is done, from 0 to 1; false from it ends the work with an empty result.
std::vector<CrossFit> cross_fit(const TrainingWindows& data, const TrainOptions& options,
                                const TrainResult& whole, const Folds& folds,
                                const std::function<bool(double share)>& on_epoch);

}  // namespace faultprint::model
