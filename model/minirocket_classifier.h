// The baseline of evaluation: MiniRocket's features and ridge. Ridge costs as min(n, p)^2 times
// max(n, p): with many reference windows fewer features are made, so that fitting takes a
// fraction of a second (4096 windows, the most that training keeps: 420; up to 290 windows: 9996).
#pragma once

#include <vector>

#include "model/minirocket.h"
#include "model/nearest_neighbour.h"
#include "model/ridge.h"

namespace faultprint::model {

class MiniRocketClassifier {
 public:
  // Slots that a window must have.
  static constexpr int kLeastSlots = MiniRocket::kTaps;

  // columns and numbers: as nearest_neighbour() has them; tokens are not read. As MiniRocket about
  // errors.
  MiniRocketClassifier(const LabelledWindows& references, int columns, int numbers);

  // The label of each query (B x (T * columns)).
  std::vector<int> operator()(const MatrixView& queries) const;

 private:
  MiniRocket features_;
  RidgeClassifier ridge_;
};

// How many features for so many windows.
int affordable_features(Eigen::Index windows);

}  // namespace faultprint::model
