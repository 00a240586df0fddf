#include "model/kernels/kernels.h"

#include <Eigen/Core>
#include <algorithm>
#include <limits>

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Map = Eigen::Map<Matrix>;
using ConstMap = Eigen::Map<const Matrix>;

template <typename Product>
void store(Map& c, const Product& product, bool accumulate) {
  if (accumulate)
    c.noalias() += product;
  else
    c.noalias() = product;
}

}  // namespace

#define FP_EXPORT __attribute__((visibility("default")))

extern "C" {

FP_EXPORT void fp_gemm(int transpose_a, int transpose_b, int m, int n, int k, const float* a,
                       const float* b, float* c, int accumulate) {
  const ConstMap a_map(a, transpose_a != 0 ? k : m, transpose_a != 0 ? m : k);
  const ConstMap b_map(b, transpose_b != 0 ? n : k, transpose_b != 0 ? k : n);
  Map c_map(c, m, n);
  const bool add = accumulate != 0;
  if (transpose_a != 0 && transpose_b != 0)
    store(c_map, a_map.transpose() * b_map.transpose(), add);
  else if (transpose_a != 0)
    store(c_map, a_map.transpose() * b_map, add);
  else if (transpose_b != 0)
    store(c_map, a_map * b_map.transpose(), add);
  else
    store(c_map, a_map * b_map, add);
}

FP_EXPORT void fp_affine(int rows, int in, int out, const float* x, const float* w,
                         const float* bias, float* y, int relu) {
  const ConstMap x_map(x, rows, in);
  const ConstMap w_map(w, in, out);
  const Eigen::Map<const Eigen::RowVectorXf> bias_map(bias, out);
  Map y_map(y, rows, out);
  y_map.noalias() = x_map * w_map;
  if (relu != 0)
    y_map.array() = (y_map.rowwise() + bias_map).array().max(0.0F);
  else
    y_map.rowwise() += bias_map;
}

FP_EXPORT void fp_min_squared_distance(int rows, int dim, const float* x, int count,
                                       const float* centres, float* out, int stride) {
  constexpr int kBlock = 64;
  const Eigen::Map<const Matrix> centre_map(centres, dim, count);
  Eigen::Array<float, 1, Eigen::Dynamic, Eigen::RowMajor, 1, kBlock> sums;
  for (int i = 0; i < rows; ++i) {
    float least = std::numeric_limits<float>::infinity();
    for (int first = 0; first < count; first += kBlock) {
      sums.setZero(std::min(kBlock, count - first));
      for (int j = 0; j < dim; ++j)
        sums += (centre_map.row(j).segment(first, sums.size()).array() - x[i * dim + j]).square();
      least = std::min(least, sums.minCoeff());
    }
    out[i * stride] = least;
  }
}

FP_EXPORT const char* fp_isa(void) { return FAULTPRINT_ISA; }

}  // extern "C"
