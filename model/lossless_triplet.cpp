#include "model/lossless_triplet.h"

#include <cmath>
#include <stdexcept>
#include <string>

namespace faultprint::model {
namespace {

using MatrixXd = Eigen::MatrixXd;

LosslessOptions with_dimension(LosslessOptions options, Eigen::Index dimension) {
  if (options.n == 0) options.n = static_cast<double>(dimension);
  if (options.beta == 0) options.beta = options.n;
  if (!(options.beta >= options.n))
    throw std::invalid_argument("E_BETA_LT_N: beta is " + std::to_string(options.beta) +
                                " but must not be below N = " + std::to_string(options.n) +
                                ": the logarithm's argument becomes negative");
  return options;
}

struct Term {
  double value;
  double slope;  // d value / d distance
};

Term positive_term(double d, const LosslessOptions& o) {
  return {-std::log(1 - d / o.beta + o.epsilon), 1 / (o.beta - d + o.beta * o.epsilon)};
}

Term negative_term(double d, const LosslessOptions& o) {
  const double reach = o.beta - o.n + d;
  return {-std::log(reach / o.beta + o.epsilon), -1 / (reach + o.beta * o.epsilon)};
}

MatrixXd squared_distances(const MatrixXd& e) {
  const MatrixXd gram = e * e.transpose();
  const Eigen::VectorXd norms = gram.diagonal();
  MatrixXd d = (-2 * gram).colwise() + norms;
  d.rowwise() += norms.transpose();
  return d.cwiseMax(0);
}

}  // namespace

TripletLoss lossless_triplet(const Eigen::VectorXd& anchor, const Eigen::VectorXd& positive,
                             const Eigen::VectorXd& negative, const LosslessOptions& options) {
  const LosslessOptions o = with_dimension(options, anchor.size());
  const Eigen::VectorXd to_positive = anchor - positive;
  const Eigen::VectorXd to_negative = anchor - negative;
  const Term p = positive_term(to_positive.squaredNorm(), o);
  const Term n = negative_term(to_negative.squaredNorm(), o);
  TripletLoss result;
  result.positive = p.value;
  result.negative = n.value;
  result.loss = p.value + n.value;
  result.positive_gradient = -2 * p.slope * to_positive;
  result.negative_gradient = -2 * n.slope * to_negative;
  result.anchor_gradient = -(result.positive_gradient + result.negative_gradient);
  return result;
}

// The sum over triplets of an anchor a is |N_a| sum_p L_p + |P_a| sum_n L_n, so each pair needs its
// distance once. With W = dL/dD and A = W + W^T the gradient is 2 (diag(A 1) - A) E.
BatchLoss lossless_all_triplets(const MatrixView& embeddings, std::span<const int> labels,
                                const LosslessOptions& options) {
  const LosslessOptions o = with_dimension(options, embeddings.cols());
  const Eigen::Index b = embeddings.rows();
  const MatrixXd e = embeddings.cast<double>();
  const MatrixXd d = squared_distances(e);
  MatrixXd w = MatrixXd::Zero(b, b);
  BatchLoss result;
  double triplets = 0;
  double positives = 0;
  double negatives = 0;
  for (Eigen::Index i = 0; i < b; ++i) {
    double same = -1;  // not the anchor itself
    for (Eigen::Index j = 0; j < b; ++j) same += labels[i] == labels[j] ? 1 : 0;
    const double other = static_cast<double>(b) - 1 - same;
    triplets += same * other;
    for (Eigen::Index j = 0; j < b; ++j) {
      if (i == j) continue;
      const bool positive = labels[i] == labels[j];
      const Term term = positive ? positive_term(d(i, j), o) : negative_term(d(i, j), o);
      const double weight = positive ? other : same;
      result.loss += weight * term.value;
      w(i, j) = weight * term.slope;
      (positive ? result.mean_positive : result.mean_negative) += d(i, j);
      (positive ? positives : negatives) += 1;
    }
  }
  result.mean_positive /= std::max(positives, 1.0);
  result.mean_negative /= std::max(negatives, 1.0);
  if (triplets == 0) {
    result.gradient = Matrix::Zero(b, embeddings.cols());
    return result;
  }
  result.loss /= triplets;
  const MatrixXd a = (w + w.transpose()) / triplets;
  const Eigen::VectorXd row_sums = a.rowwise().sum();
  result.gradient = (2 * (row_sums.asDiagonal() * e - a * e)).cast<float>();
  return result;
}

}  // namespace faultprint::model
