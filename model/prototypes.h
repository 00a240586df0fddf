// Prototypes of a set of points: k-means (Lloyd's iterations from a k-means++ start).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

// points: n x N. Returns at most `count` centres (fewer where points coincide), k x N; none for n =
// 0.
Matrix prototypes(const MatrixView& points, int count, std::uint64_t seed);

// At most `count` of that many rows, chosen evenly at random, in their order.
std::vector<std::size_t> sample_rows(Eigen::Index rows, int count, std::uint64_t seed);
// The points at such rows.
Matrix sample(const MatrixView& points, int count, std::uint64_t seed);

// Mean Euclidean distance from each point (n x N) to its `nearest` nearest centres (k x N), or to
// all where there are fewer.
Eigen::VectorXf nearest_distance(const MatrixView& points, const MatrixView& centres, int nearest);

// Squared Euclidean distance from each point (n x N) to its nearest centre (k x N).
Eigen::VectorXf nearest_squared(const MatrixView& points, const MatrixView& centres);

}  // namespace faultprint::model
