#include "model/window_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/kernels/kernels.h"

namespace faultprint::model {
void shape_of(std::span<const float> window, ShapeLayout layout, int slots, float* shape) {
  const std::size_t all = window.size() / static_cast<std::size_t>(layout.columns);
  const std::size_t newest = std::min(static_cast<std::size_t>(slots), all);
  for (int k = 0; k < layout.kpis; ++k) {
    float sum = 0;
    for (std::size_t t = all - newest; t < all; ++t)
      sum += window[t * static_cast<std::size_t>(layout.columns) + static_cast<std::size_t>(k)];
    const float mean = sum / static_cast<float>(newest);
    shape[k] = std::copysign(std::sqrt(std::abs(mean)), mean);
  }
}

std::span<const float> row_of(const Matrix& windows, std::size_t i) {
  return {windows.data() + static_cast<Eigen::Index>(i) * windows.cols(),
          static_cast<std::size_t>(windows.cols())};
}

std::vector<std::size_t> thinned(const std::vector<std::size_t>& rows, std::size_t most) {
  std::vector<std::size_t> kept;
  const std::size_t count = std::min(most, rows.size());
  for (std::size_t i = 0; i < count; ++i) kept.push_back(rows[i * rows.size() / count]);
  return kept;
}

Matrix shape_columns(int dim, std::size_t count) {
  return Matrix::Constant(dim, static_cast<Eigen::Index>((count + FP_TILE - 1) / FP_TILE * FP_TILE),
                          std::numeric_limits<float>::infinity());
}

}  // namespace faultprint::model
