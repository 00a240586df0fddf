// The class whose mean window is nearest (Euclidean, raw windows of deviations): the simplest
// baseline, which knows no shape and no spread.
#pragma once

#include <vector>

#include "model/nearest_neighbour.h"

namespace faultprint::model {

class NearestClassMean {
 public:
  // Labels that no reference carries are never answered. The references must not be empty. columns
  // and numbers: as nearest_neighbour() has them; of a class's tokens those count that are the same
  // in all of its references.
  NearestClassMean(const LabelledWindows& references, int columns, int numbers);

  // The label of each query (B x (T * columns)).
  std::vector<int> operator()(const MatrixView& queries) const {
    return nearest_neighbour(means_, queries, columns_, numbers_);
  }

 private:
  LabelledWindows means_;
  int columns_;
  int numbers_;
};

}  // namespace faultprint::model
