// The matrices of this layer: row-major floats, one window, feature vector or embedding a row.
#pragma once

#include <Eigen/Core>

namespace faultprint::model {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowVector = Eigen::Matrix<float, 1, Eigen::Dynamic>;
using MatrixView = Eigen::Ref<const Matrix>;

}  // namespace faultprint::model
