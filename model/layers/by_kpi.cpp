#include "model/layers/by_kpi.h"

namespace faultprint::model {
namespace {

// Each row of n x (a*b), as a x b, transposed.
void transpose_rows(const float* from, Eigen::Index rows, int a, int b, Matrix& to) {
  to.resize(rows, static_cast<Eigen::Index>(a) * b);
  for (Eigen::Index row = 0; row < rows; ++row)
    Eigen::Map<Matrix>(to.row(row).data(), b, a) =
        Eigen::Map<const Matrix>(from + row * a * b, a, b).transpose();
}

}  // namespace

void ByKpi::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix&) const {
  transpose_rows(input, rows, steps_, kpis_, output);
}

const Matrix& ByKpi::forward(const Matrix& input, bool, Random&) {
  transpose_rows(input.data(), input.rows(), steps_, kpis_, output_);
  return output_;
}

void ByKpi::backward(const Matrix& gradient, Matrix* input_gradient) {
  if (input_gradient != nullptr)
    transpose_rows(gradient.data(), gradient.rows(), kpis_, steps_, *input_gradient);
}

}  // namespace faultprint::model
