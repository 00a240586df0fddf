#include "model/measure.h"

#include <cmath>

namespace faultprint::model {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kLeastLength = 1e-12;

MatrixXd squared_distances(const MatrixXd& e) {
  const MatrixXd gram = e * e.transpose();
  const VectorXd norms = gram.diagonal();
  MatrixXd d = (-2 * gram).colwise() + norms;
  d.rowwise() += norms.transpose();
  d = d.cwiseMax(0);
  d.diagonal().setZero();
  return d;
}

// With A the slopes of both directions of a pair: 2 (diag(A 1) - A) E.
MatrixXd backward_squared(const MatrixXd& both, const MatrixXd& e) {
  const VectorXd row_sums = both.rowwise().sum();
  return 2 * (row_sums.asDiagonal() * e - both * e);
}

}  // namespace

Measure::Measure(MeasureKind kind, int dimension) : kind_(kind) {
  if (kind == MeasureKind::weighted_l1) raw_weights_ = Matrix::Zero(1, dimension);
  raw_gradient_ = raw_weights_;
}

VectorXd Measure::weights() const {
  if (kind_ == MeasureKind::manhattan) return VectorXd::Ones(embeddings_.cols());
  const VectorXd raw = raw_weights_.row(0).cast<double>().transpose();
  const VectorXd e = (raw.array() - raw.maxCoeff()).exp().matrix();
  return e / e.sum();
}

MatrixXd Measure::distances(const MatrixXd& embeddings) {
  embeddings_ = embeddings;
  const Eigen::Index rows = embeddings.rows();
  switch (kind_) {
    case MeasureKind::squared:
      return distances_ = squared_distances(embeddings);
    case MeasureKind::euclidean:
      return distances_ = squared_distances(embeddings).cwiseSqrt();
    case MeasureKind::manhattan:
    case MeasureKind::weighted_l1: {
      const VectorXd w = weights();
      distances_.resize(rows, rows);
      for (Eigen::Index i = 0; i < rows; ++i)
        distances_.col(i) = (embeddings.rowwise() - embeddings.row(i)).cwiseAbs() * w;
      return distances_;
    }
    case MeasureKind::cosine: {
      const VectorXd lengths = embeddings.rowwise().norm().cwiseMax(kLeastLength);
      const MatrixXd unit = lengths.cwiseInverse().asDiagonal() * embeddings;
      distances_ = (1 - (unit * unit.transpose()).array()).matrix();
      distances_.diagonal().setZero();
      return distances_;
    }
  }
  return {};
}

MatrixXd Measure::backward(const MatrixXd& slopes) {
  MatrixXd both = slopes + slopes.transpose();
  both.diagonal().setZero();
  switch (kind_) {
    case MeasureKind::squared:
      return backward_squared(both, embeddings_);
    case MeasureKind::euclidean:
      both.array() /= 2 * distances_.array().max(kLeastLength);
      return backward_squared(both, embeddings_);
    case MeasureKind::manhattan:
    case MeasureKind::weighted_l1:
      return backward_l1(both);
    case MeasureKind::cosine:
      return backward_cosine(both);
  }
  return {};
}

MatrixXd Measure::backward_l1(const MatrixXd& both) {
  const VectorXd w = weights();
  MatrixXd gradient(embeddings_.rows(), embeddings_.cols());
  VectorXd by_weight = VectorXd::Zero(embeddings_.cols());
  for (Eigen::Index i = 0; i < embeddings_.rows(); ++i) {
    // Row j holds e_i - e_j.
    const MatrixXd apart = (-embeddings_).rowwise() + embeddings_.row(i);
    gradient.row(i) = (both.row(i) * apart.cwiseSign()).cwiseProduct(w.transpose());
    by_weight += 0.5 * (both.row(i) * apart.cwiseAbs()).transpose();
  }
  if (kind_ == MeasureKind::weighted_l1) {  // through the softmax
    const double along = by_weight.dot(w);
    raw_gradient_.row(0) =
        (w.array() * (by_weight.array() - along)).matrix().transpose().cast<float>();
  }
  return gradient;
}

// d cos(a, b) / da = (b/|b| - cos(a, b) a/|a|) / |a|.
MatrixXd Measure::backward_cosine(const MatrixXd& both) const {
  const VectorXd lengths = embeddings_.rowwise().norm().cwiseMax(kLeastLength);
  const MatrixXd unit = lengths.cwiseInverse().asDiagonal() * embeddings_;
  const MatrixXd cosines = (1 - distances_.array()).matrix();
  const VectorXd along = both.cwiseProduct(cosines).rowwise().sum();
  const MatrixXd to_others = both * unit;
  return lengths.cwiseInverse().asDiagonal() * (along.asDiagonal() * unit - to_others);
}

std::vector<Parameter> Measure::parameters() {
  if (kind_ != MeasureKind::weighted_l1) return {};
  return {{"l1", &raw_weights_, &raw_gradient_, false}};
}

double Measure::greatest() const {
  const auto n = static_cast<double>(embeddings_.cols());
  switch (kind_) {
    case MeasureKind::squared:
    case MeasureKind::manhattan:
      return n;
    case MeasureKind::euclidean:
      return std::sqrt(n);
    case MeasureKind::weighted_l1:
    case MeasureKind::cosine:
      return 1;
  }
  return 0;
}

}  // namespace faultprint::model
