#include "model/nearest_neighbour.h"

#include <algorithm>

#include "model/kernels/kernels.h"

namespace faultprint::model {

std::vector<int> nearest_neighbour(const LabelledWindows& references, const MatrixView& queries) {
  constexpr Eigen::Index kBlock = 256;
  const Eigen::VectorXf norms = references.windows.rowwise().squaredNorm();
  std::vector<int> labels;
  Matrix products;
  for (Eigen::Index first = 0; first < queries.rows(); first += kBlock) {
    const Matrix block = queries.middleRows(first, std::min(kBlock, queries.rows() - first));
    products.resize(block.rows(), references.windows.rows());
    fp_gemm(0, 1, static_cast<int>(block.rows()), static_cast<int>(references.windows.rows()),
            static_cast<int>(block.cols()), block.data(), references.windows.data(),
            products.data(), 0);
    for (Eigen::Index i = 0; i < block.rows(); ++i) {
      Eigen::Index nearest = 0;
      (norms.transpose() - 2 * products.row(i)).minCoeff(&nearest);
      labels.push_back(references.labels[static_cast<std::size_t>(nearest)]);
    }
  }
  return labels;
}

}  // namespace faultprint::model
