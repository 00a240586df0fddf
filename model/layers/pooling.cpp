#include "model/layers/pooling.h"

namespace faultprint::model {

void Pooling::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix&) const {
  output.resize(rows, outputs());
  for (Eigen::Index row = 0; row < rows; ++row) {
    const Eigen::Map<const Matrix> x(input + row * inputs(), steps_, channels_);
    output.row(row).head(channels_) = x.colwise().mean();
    output.row(row).tail(channels_) = x.colwise().maxCoeff();
  }
}

const Matrix& Pooling::forward(const Matrix& input, bool, Random&) {
  input_ = &input;
  Matrix unused;
  infer(input.data(), input.rows(), output_, unused);
  return output_;
}

void Pooling::backward(const Matrix& gradient, Matrix* input_gradient) {
  if (input_gradient == nullptr) return;
  input_gradient->resize(gradient.rows(), inputs());
  for (Eigen::Index row = 0; row < gradient.rows(); ++row) {
    const Eigen::Map<const Matrix> x(input_->row(row).data(), steps_, channels_);
    Eigen::Map<Matrix> dx(input_gradient->row(row).data(), steps_, channels_);
    dx.rowwise() = gradient.row(row).head(channels_) / static_cast<float>(steps_);
    for (int c = 0; c < channels_; ++c) {
      Eigen::Index greatest = 0;
      x.col(c).maxCoeff(&greatest);
      dx(greatest, c) += gradient(row, channels_ + c);
    }
  }
}

}  // namespace faultprint::model
