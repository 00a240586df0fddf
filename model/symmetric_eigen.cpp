#include "model/symmetric_eigen.h"

#include <Eigen/Eigenvalues>

namespace faultprint::model {

SymmetricEigen symmetric_eigen(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

}  // namespace faultprint::model
