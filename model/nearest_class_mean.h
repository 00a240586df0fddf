// The class whose mean window is nearest (Euclidean, raw windows of deviations): the simplest
// baseline, which knows no shape and no spread.
#pragma once

#include <vector>

#include "model/nearest_neighbour.h"

namespace faultprint::model {

class NearestClassMean {
 public:
  // Labels that no reference carries are never answered. The references must not be empty.
  explicit NearestClassMean(const LabelledWindows& references);

  // The label of each query (B x (T*F)).
  std::vector<int> operator()(const MatrixView& queries) const {
    return nearest_neighbour(means_, queries);
  }

 private:
  LabelledWindows means_;
};

}  // namespace faultprint::model
