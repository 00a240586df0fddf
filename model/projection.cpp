#include "model/projection.h"

#include <algorithm>

#include "model/symmetric_eigen.h"

namespace faultprint::model {

Matrix Projection::apply(const MatrixView& points) const {
  return (points.rowwise() - mean) * axes;
}

Projection principal_components(const MatrixView& points, int count) {
  using Eigen::MatrixXd;
  const Eigen::Index width = points.cols();
  const Eigen::Index kept = std::min<Eigen::Index>(count, width);
  const MatrixXd all = points.cast<double>();
  const Eigen::RowVectorXd mean = all.colwise().mean();
  const MatrixXd centred = all.rowwise() - mean;
  const SymmetricEigen eigen = symmetric_eigen(centred.transpose() * centred);
  const Eigen::VectorXd variances = eigen.values.cwiseMax(0);
  const double total = variances.sum();
  Projection projection;
  projection.mean = mean.cast<float>();
  projection.axes.resize(width, kept);
  for (Eigen::Index k = 0; k < kept; ++k) {
    Eigen::VectorXd axis = eigen.vectors.col(width - 1 - k);
    Eigen::Index greatest = 0;
    axis.cwiseAbs().maxCoeff(&greatest);
    if (axis(greatest) < 0) axis = -axis;
    projection.axes.col(k) = axis.cast<float>();
    projection.explained.push_back(total > 0 ? variances(width - 1 - k) / total : 0);
  }
  return projection;
}

}  // namespace faultprint::model
