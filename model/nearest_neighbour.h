// One nearest neighbour on raw windows: the baseline that a model must beat. Deviations are
// compared by their squared difference; a token adds 1, one deviation's worth, where it is not the
// same.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

struct LabelledWindows {
  Matrix windows;           // n x (T * columns)
  std::vector<int> labels;  // n
};

// Labels of the nearest reference windows of each query (B x (T * columns)). numbers: columns of a
// slot that are deviations; the others are tokens.
std::vector<int> nearest_neighbour(const LabelledWindows& references, const MatrixView& queries,
                                   int columns, int numbers);

}  // namespace faultprint::model
