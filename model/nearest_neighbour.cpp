#include "model/nearest_neighbour.h"

#include <algorithm>

#include "model/layers/layer.h"

namespace faultprint::model {
namespace {

// Columns first .. first + count - 1 of every slot.
Matrix columns_of(const MatrixView& windows, int columns, int first, int count) {
  const Eigen::Index slots = windows.cols() / columns;
  Matrix taken(windows.rows(), slots * count);
  for (Eigen::Index t = 0; t < slots; ++t)
    taken.middleCols(t * count, count) = windows.middleCols(t * columns + first, count);
  return taken;
}

// distances: rows x references, to which one is added for each token that differs.
void add_mismatches(const Matrix& tokens, const Matrix& references, Matrix& distances) {
  if (tokens.cols() == 0) return;
  for (Eigen::Index i = 0; i < tokens.rows(); ++i)
    for (Eigen::Index r = 0; r < references.rows(); ++r)
      distances(i, r) +=
          static_cast<float>((tokens.row(i).array() != references.row(r).array()).count());
}

}  // namespace

std::vector<int> nearest_neighbour(const LabelledWindows& references, const MatrixView& queries,
                                   int columns, int numbers) {
  constexpr Eigen::Index kBlock = 256;
  const int tokens = columns - numbers;
  const Matrix known = columns_of(references.windows, columns, 0, numbers);
  const Matrix known_tokens = columns_of(references.windows, columns, numbers, tokens);
  const Eigen::VectorXf norms = known.rowwise().squaredNorm();
  std::vector<int> labels;
  Matrix distances;  // less the query's own norm, the same for all references
  for (Eigen::Index first = 0; first < queries.rows(); first += kBlock) {
    const auto rows = queries.middleRows(first, std::min(kBlock, queries.rows() - first));
    const Matrix block = columns_of(rows, columns, 0, numbers);
    gemm(false, true, block, known, distances);
    distances *= -2;
    distances.rowwise() += norms.transpose();
    add_mismatches(columns_of(rows, columns, numbers, tokens), known_tokens, distances);
    for (Eigen::Index i = 0; i < distances.rows(); ++i) {
      Eigen::Index nearest = 0;
      distances.row(i).minCoeff(&nearest);
      labels.push_back(references.labels[static_cast<std::size_t>(nearest)]);
    }
  }
  return labels;
}

}  // namespace faultprint::model
