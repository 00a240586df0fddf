#include "model/layers/layer.h"

#include "model/kernels/kernels.h"

namespace faultprint::model {

void gemm(bool transpose_a, bool transpose_b, const Matrix& a, const Matrix& b, Matrix& c,
          bool accumulate) {
  const auto m = static_cast<int>(transpose_a ? a.cols() : a.rows());
  const auto k = static_cast<int>(transpose_a ? a.rows() : a.cols());
  const auto n = static_cast<int>(transpose_b ? b.rows() : b.cols());
  if (!accumulate) c.resize(m, n);
  fp_gemm(transpose_a, transpose_b, m, n, k, a.data(), b.data(), c.data(), accumulate);
}

Matrix random_weights(Eigen::Index rows, Eigen::Index cols, double deviation, Random& random) {
  std::normal_distribution<float> normal(0.0F, static_cast<float>(deviation));
  Matrix weights(rows, cols);
  for (Eigen::Index i = 0; i < weights.size(); ++i) weights.data()[i] = normal(random);
  return weights;
}

}  // namespace faultprint::model
