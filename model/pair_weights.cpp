#include "model/pair_weights.h"

#include <algorithm>

namespace faultprint::model {

void weigh_anchors(std::span<const int> labels, std::vector<double>& same,
                   std::vector<double>& different) {
  const std::size_t b = labels.size();
  same.assign(b, 0);
  different.assign(b, 0);
  double anchors = 0;
  for (std::size_t i = 0; i < b; ++i) {
    const auto equal = static_cast<double>(std::count(labels.begin(), labels.end(), labels[i])) - 1;
    const double other = static_cast<double>(b) - 1 - equal;
    if (equal == 0 || other == 0) continue;
    anchors += 1;
    same[i] = 1 / equal;
    different[i] = 1 / other;
  }
  for (std::size_t i = 0; i < b; ++i) {
    same[i] /= std::max(anchors, 1.0);
    different[i] /= std::max(anchors, 1.0);
  }
}

void weigh_by_anchor(std::span<const int> labels, Eigen::MatrixXd& same,
                     Eigen::MatrixXd& different) {
  std::vector<double> equal;
  std::vector<double> other;
  weigh_anchors(labels, equal, other);
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (std::size_t j = 0; j < labels.size(); ++j) {
      if (i == j) continue;
      const bool is_same = labels[i] == labels[j];
      (is_same ? same : different)(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
          is_same ? equal[i] : other[i];
    }
}

void make_means(Eigen::MatrixXd& same, Eigen::MatrixXd& different) {
  const double equal = same.sum();
  const double other = different.sum();
  if (equal > 0) same /= equal;
  if (other > 0) different /= other;
}

double mean_over(const Eigen::MatrixXd& weights, const Eigen::MatrixXd& distances) {
  const auto chosen = (weights.array() > 0).cast<double>();
  return (chosen * distances.array()).sum() / std::max(1.0, chosen.sum());
}

}  // namespace faultprint::model
