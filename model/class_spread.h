// How tight the labels' embeddings are, and how far apart.
#pragma once

#include <optional>
#include <span>

#include "model/matrix.h"

namespace faultprint::model {

struct ClassSpread {
  // Mean over the labels of the mean distance of a label's embeddings to their own mean: each label
  // counts the same, however many windows it has.
  double tightness = 0;
  double separation = 0;  // the smallest distance between the means of two labels

  // How many times farther apart than wide; none where the labels are points.
  std::optional<double> ratio() const {
    return tightness > 0 ? std::optional(separation / tightness) : std::nullopt;
  }
};

// embeddings: n x N; labels: n, negative ones are left out. Nothing with fewer than two labels.
std::optional<ClassSpread> measure_spread(const MatrixView& embeddings,
                                          std::span<const int> labels);

}  // namespace faultprint::model
