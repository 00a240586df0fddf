// One nearest neighbour on raw windows of deviations (Euclidean): the baseline that a model must
// beat.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

struct LabelledWindows {
  Matrix windows;           // n x (T*F)
  std::vector<int> labels;  // n
};

// Labels of the nearest reference windows of each query (B x (T*F)).
std::vector<int> nearest_neighbour(const LabelledWindows& references, const MatrixView& queries);

}  // namespace faultprint::model
