#include "model/prototypes.h"

#include <algorithm>
#include <random>
#include <vector>

namespace faultprint::model {
namespace {

constexpr int kIterations = 15;

Matrix plus_plus(const MatrixView& points, int count, std::mt19937_64& random) {
  Matrix centres(count, points.cols());
  std::uniform_real_distribution<double> uniform(0, 1);
  centres.row(0) =
      points.row(static_cast<Eigen::Index>(uniform(random) * static_cast<double>(points.rows())));
  Eigen::VectorXf d = (points.rowwise() - centres.row(0)).rowwise().squaredNorm();
  for (int k = 1; k < count; ++k) {
    const double total = d.cast<double>().sum();
    if (total <= 0) return centres.topRows(k);
    double left = uniform(random) * total;
    Eigen::Index pick = 0;
    while (pick + 1 < d.size() && (left -= d(pick)) > 0) ++pick;
    centres.row(k) = points.row(pick);
    d = d.cwiseMin((points.rowwise() - centres.row(k)).rowwise().squaredNorm());
  }
  return centres;
}

}  // namespace

Matrix prototypes(const MatrixView& points, int count, std::uint64_t seed) {
  if (points.rows() == 0 || count <= 0) return {0, points.cols()};
  std::mt19937_64 random(seed);
  Matrix centres =
      plus_plus(points, static_cast<int>(std::min<Eigen::Index>(count, points.rows())), random);
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    Matrix sums = Matrix::Zero(centres.rows(), centres.cols());
    Eigen::VectorXf sizes = Eigen::VectorXf::Zero(centres.rows());
    for (Eigen::Index i = 0; i < points.rows(); ++i) {
      Eigen::Index nearest = 0;
      (centres.rowwise() - points.row(i)).rowwise().squaredNorm().minCoeff(&nearest);
      sums.row(nearest) += points.row(i);
      sizes(nearest) += 1;
    }
    for (Eigen::Index k = 0; k < centres.rows(); ++k)
      if (sizes(k) > 0) centres.row(k) = sums.row(k) / sizes(k);
  }
  return centres;
}

std::vector<std::size_t> sample_rows(Eigen::Index rows, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> chosen;
  auto wanted = static_cast<std::uint64_t>(std::min<Eigen::Index>(count, rows));
  for (Eigen::Index i = 0; wanted > 0; ++i) {
    const auto left = static_cast<std::uint64_t>(rows - i);
    if ((random() >> 32) * left >> 32 >= wanted) continue;
    chosen.push_back(static_cast<std::size_t>(i));
    --wanted;
  }
  return chosen;
}

Matrix sample(const MatrixView& points, int count, std::uint64_t seed) {
  const std::vector<std::size_t> rows = sample_rows(points.rows(), count, seed);
  Matrix chosen(static_cast<Eigen::Index>(rows.size()), points.cols());
  for (std::size_t i = 0; i < rows.size(); ++i)
    chosen.row(static_cast<Eigen::Index>(i)) = points.row(static_cast<Eigen::Index>(rows[i]));
  return chosen;
}

Eigen::VectorXf nearest_distance(const MatrixView& points, const MatrixView& centres, int nearest) {
  const auto count = std::min<Eigen::Index>(nearest, centres.rows());
  Eigen::VectorXf result(points.rows());
  Eigen::VectorXf squared;
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    squared = (centres.rowwise() - points.row(i)).rowwise().squaredNorm();
    std::partial_sort(squared.begin(), squared.begin() + count, squared.end());
    result(i) = squared.head(count).cwiseSqrt().mean();
  }
  return result;
}

Eigen::VectorXf nearest_squared(const MatrixView& points, const MatrixView& centres) {
  Eigen::VectorXf result(points.rows());
  for (Eigen::Index i = 0; i < points.rows(); ++i)
    result(i) = (centres.rowwise() - points.row(i)).rowwise().squaredNorm().minCoeff();
  return result;
}

}  // namespace faultprint::model
