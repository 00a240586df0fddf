#include "model/ridge.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

#include "model/layers/layer.h"

namespace faultprint::model {
namespace {

using MatrixD = Eigen::MatrixXd;
using VectorD = Eigen::VectorXd;

// A symmetric positive semidefinite matrix, reduced once to Q T Q', T tridiagonal: then each
// penalty costs a pass over T.
class Tridiagonal {
 public:
  explicit Tridiagonal(const MatrixD& gram)
      : reduction_(gram), diagonal_(reduction_.diagonal()), below_(reduction_.subDiagonal()) {}

  MatrixD to_basis(const MatrixD& m) const { return reduction_.matrixQ().adjoint() * m; }
  MatrixD from_basis(const MatrixD& m) const { return reduction_.matrixQ() * m; }

  // (T + penalty)^-1 m
  MatrixD solve(double penalty, MatrixD m) const {
    const Eigen::Index n = diagonal_.size();
    const VectorD pivots = pivots_down(penalty);
    for (Eigen::Index i = 1; i < n; ++i) m.row(i) -= below_(i - 1) / pivots(i - 1) * m.row(i - 1);
    m.row(n - 1) /= pivots(n - 1);
    for (Eigen::Index i = n - 2; i >= 0; --i)
      m.row(i) = (m.row(i) - below_(i) * m.row(i + 1)) / pivots(i);
    return m;
  }

  // The trace of (T + penalty)^-1, from the pivots of both directions.
  double inverse_trace(double penalty) const {
    const Eigen::Index n = diagonal_.size();
    const VectorD down = pivots_down(penalty);
    double up = diagonal_(n - 1) + penalty;
    double trace = 1 / down(n - 1);
    for (Eigen::Index i = n - 2; i >= 0; --i) {
      up = diagonal_(i) + penalty - below_(i) * below_(i) / up;
      trace += 1 / (down(i) + up - diagonal_(i) - penalty);
    }
    return trace;
  }

 private:
  VectorD pivots_down(double penalty) const {
    VectorD pivots = diagonal_.array() + penalty;
    for (Eigen::Index i = 1; i < pivots.size(); ++i)
      pivots(i) -= below_(i - 1) * below_(i - 1) / pivots(i - 1);
    return pivots;
  }

  Eigen::Tridiagonalization<MatrixD> reduction_;
  VectorD diagonal_;
  VectorD below_;
};

// Standardised features x and centred targets y, by whichever Gram matrix is the smaller.
class Ridge {
 public:
  Ridge(const MatrixD& x, const MatrixD& y)
      : x_(x), y_(y), by_rows_(x.rows() <= x.cols()), gram_(gram()) {
    basis_ = gram_.to_basis(by_rows_ ? y : MatrixD(x.transpose() * y));
  }

  // Mean squared residual / (1 - degrees of freedom / n)^2, the intercept's one included.
  double cross_validation(double penalty) const {
    const MatrixD solved = gram_.solve(penalty, basis_);
    const auto n = static_cast<double>(x_.rows());
    const double trace = penalty * gram_.inverse_trace(penalty);
    double residual = 0;
    double free = 0;  // degrees left
    if (by_rows_) {
      residual = penalty * penalty * solved.squaredNorm();
      free = trace - 1;
    } else {
      residual =
          y_.squaredNorm() - solved.cwiseProduct(basis_).sum() - penalty * solved.squaredNorm();
      free = n - static_cast<double>(x_.cols()) + trace - 1;
    }
    if (free <= 1e-9 * n) return std::numeric_limits<double>::infinity();
    return std::max(0.0, residual) * n / (free * free);
  }

  MatrixD weights(double penalty) const {
    const MatrixD solved = gram_.from_basis(gram_.solve(penalty, basis_));
    return by_rows_ ? MatrixD(x_.transpose() * solved) : solved;
  }

 private:
  Tridiagonal gram() const {
    const Eigen::Index n = by_rows_ ? x_.rows() : x_.cols();
    MatrixD gram = MatrixD::Zero(n, n);
    if (by_rows_)
      gram.selfadjointView<Eigen::Lower>().rankUpdate(x_);
    else
      gram.selfadjointView<Eigen::Lower>().rankUpdate(x_.transpose());
    return Tridiagonal(gram);  // which reads the lower half alone
  }

  const MatrixD& x_;
  const MatrixD& y_;
  bool by_rows_;
  Tridiagonal gram_;
  MatrixD basis_;  // the right-hand side in T's basis
};

MatrixD targets(const std::vector<int>& labels, const std::vector<int>& classes) {
  MatrixD y(static_cast<Eigen::Index>(labels.size()), static_cast<Eigen::Index>(classes.size()));
  for (Eigen::Index i = 0; i < y.rows(); ++i)
    for (Eigen::Index c = 0; c < y.cols(); ++c)
      y(i, c) =
          labels[static_cast<std::size_t>(i)] == classes[static_cast<std::size_t>(c)] ? 1 : -1;
  return y;
}

}  // namespace

std::vector<double> RidgeClassifier::usual_penalties() {
  std::vector<double> penalties;
  for (int i = 0; i < 10; ++i) penalties.push_back(std::pow(10, -3 + 6 * i / 9.0));
  return penalties;
}

RidgeClassifier::RidgeClassifier(const MatrixView& features, const std::vector<int>& labels,
                                 const std::vector<double>& penalties)
    : classes_(labels) {
  std::sort(classes_.begin(), classes_.end());
  classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
  MatrixD x = features.cast<double>();
  const Eigen::RowVectorXd means = x.colwise().mean();
  x.rowwise() -= means;
  Eigen::RowVectorXd scales =
      (x.colwise().squaredNorm() / static_cast<double>(x.rows())).cwiseSqrt();
  for (double& scale : scales)  // rounding alone is no spread
    if (scale < 1e-6) scale = std::numeric_limits<double>::infinity();
  x.array().rowwise() /= scales.array();
  MatrixD y = targets(labels, classes_);
  const Eigen::RowVectorXd level = y.colwise().mean();
  y.rowwise() -= level;
  const Ridge ridge(x, y);
  double least = std::numeric_limits<double>::infinity();
  penalty_ = penalties.back();  // where none can be told from another
  for (const double penalty : penalties) {
    const double score = ridge.cross_validation(penalty);
    if (score < least) {
      least = score;
      penalty_ = penalty;
    }
  }
  const MatrixD weights = scales.cwiseInverse().asDiagonal() * ridge.weights(penalty_);
  weights_ = weights.cast<float>();
  intercepts_ = (level - means * weights).cast<float>();
}

Matrix RidgeClassifier::scores(const MatrixView& features) const {
  Matrix result;
  gemm(false, false, features, weights_, result);
  result.rowwise() += intercepts_;
  return result;
}

std::vector<int> RidgeClassifier::operator()(const MatrixView& features) const {
  const Matrix all = scores(features);
  std::vector<int> labels;
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    Eigen::Index best = 0;
    all.row(i).maxCoeff(&best);
    labels.push_back(classes_[static_cast<std::size_t>(best)]);
  }
  return labels;
}

}  // namespace faultprint::model
