// Eigenvalues of a symmetric matrix, compiled once: the solver is a tenth of this layer's build.
#pragma once

#include <Eigen/Core>

namespace faultprint::model {

struct SymmetricEigen {
  Eigen::VectorXd values;   // N, ascending
  Eigen::MatrixXd vectors;  // N x N, a column each, orthonormal
};

// symmetric: N x N; its lower triangle is read.
SymmetricEigen symmetric_eigen(const Eigen::MatrixXd& symmetric);

}  // namespace faultprint::model
