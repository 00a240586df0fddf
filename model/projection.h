// Embeddings as pictures: their principal components.
#pragma once

#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

// Orthogonal, so that no distance grows by it: two points lie at least as far apart as they look,
// and the shadow of a ball is a disc of the same radius.
struct Projection {
  RowVector mean;                 // N
  Matrix axes;                    // N x k, orthonormal
  std::vector<double> explained;  // share of the variance along each axis, greatest first

  // points: n x N. Returns n x k.
  Matrix apply(const MatrixView& points) const;
};

// points: n x N, n >= 1. The `count` directions of greatest variance (k = at most N of them), each
// turned so that its greatest component is positive: the same points give the same picture.
Projection principal_components(const MatrixView& points, int count);

}  // namespace faultprint::model
