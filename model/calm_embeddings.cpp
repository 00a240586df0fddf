#include "model/calm_embeddings.h"

#include <algorithm>

#include "model/prototypes.h"

namespace faultprint::model {

CalmEmbeddings::CalmEmbeddings(const Matrix& calm, double quantile, std::uint64_t seed) {
  constexpr Eigen::Index kEnough = 40;
  constexpr int kCentres = 64;
  if (calm.rows() < kEnough) return;
  const Eigen::Index half = calm.rows() / 2;
  Matrix even(half, calm.cols());
  Matrix odd(half, calm.cols());
  for (Eigen::Index i = 0; i < half; ++i) {
    even.row(i) = calm.row(2 * i);
    odd.row(i) = calm.row(2 * i + 1);
  }
  centres_ = prototypes(even, kCentres, seed);
  Eigen::VectorXf d = nearest_squared(odd, centres_).cwiseSqrt();
  std::sort(d.begin(), d.end());
  reach_ = d(static_cast<Eigen::Index>(quantile * static_cast<double>(half - 1)));
}

std::vector<std::uint8_t> CalmEmbeddings::contains(const Matrix& embeddings) const {
  const Eigen::VectorXf d = nearest_squared(embeddings, centres_).cwiseSqrt();
  std::vector<std::uint8_t> inside;
  for (const float distance : d) inside.push_back(distance <= reach_ ? 1 : 0);
  return inside;
}

}  // namespace faultprint::model
