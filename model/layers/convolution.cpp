#include "model/layers/convolution.h"

#include <algorithm>
#include <cmath>

#include "model/kernels/kernels.h"

namespace faultprint::model {
namespace {

constexpr Eigen::Index kBlock = 8;  // windows whose taps stay in the cache

}  // namespace

Convolution::Convolution(const ConvolutionShape& shape, Random& random)
    : shape_(shape),
      weights_(random_weights(shape.kernel * shape.channels, shape.filters,
                              std::sqrt(2.0 / (shape.kernel * shape.channels)), random)),
      bias_(Matrix::Zero(1, shape.filters)) {}

void Convolution::gather(const float* input, Eigen::Index rows, Matrix& taps) const {
  const auto [steps, channels, filters, kernel, dilation] = shape_;
  taps.resize(rows * steps, kernel * channels);
  float* to = taps.data();
  for (Eigen::Index row = 0; row < rows; ++row, input += steps * channels)
    for (int t = 0; t < steps; ++t)
      for (int k = 0; k < kernel; ++k, to += channels) {
        const int from = t - (kernel - 1 - k) * dilation;
        if (from < 0)
          std::fill_n(to, channels, 0.0F);
        else
          std::copy_n(input + from * channels, channels, to);
      }
}

void Convolution::infer(const float* input, Eigen::Index rows, Matrix& output,
                        Matrix& workspace) const {
  output.resize(rows, outputs());
  for (Eigen::Index first = 0; first < rows; first += kBlock) {
    const Eigen::Index block = std::min(kBlock, rows - first);
    gather(input + first * inputs(), block, workspace);
    fp_affine(static_cast<int>(workspace.rows()), static_cast<int>(workspace.cols()),
              shape_.filters, workspace.data(), weights_.data(), bias_.data(),
              output.data() + first * outputs(), 0);
  }
}

const Matrix& Convolution::forward(const Matrix& input, bool, Random&) {
  gather(input.data(), input.rows(), taps_);
  output_.resize(input.rows(), outputs());
  fp_affine(static_cast<int>(taps_.rows()), static_cast<int>(taps_.cols()), shape_.filters,
            taps_.data(), weights_.data(), bias_.data(), output_.data(), 0);
  return output_;
}

void Convolution::backward(const Matrix& gradient, Matrix* input_gradient) {
  const auto [steps, channels, filters, kernel, dilation] = shape_;
  const auto rows = static_cast<int>(taps_.rows());
  const auto width = static_cast<int>(taps_.cols());
  weights_gradient_.resize(width, filters);
  fp_gemm(1, 0, width, filters, rows, taps_.data(), gradient.data(), weights_gradient_.data(), 0);
  bias_gradient_ = Eigen::Map<const Matrix>(gradient.data(), rows, filters).colwise().sum();
  if (input_gradient == nullptr) return;
  taps_gradient_.resize(rows, width);
  fp_gemm(0, 1, rows, width, filters, gradient.data(), weights_.data(), taps_gradient_.data(), 0);
  input_gradient->setZero(gradient.rows(), inputs());
  const float* from = taps_gradient_.data();
  for (Eigen::Index row = 0; row < gradient.rows(); ++row) {
    float* to = input_gradient->row(row).data();
    for (int t = 0; t < steps; ++t)
      for (int k = 0; k < kernel; ++k, from += channels) {
        const int step = t - (kernel - 1 - k) * dilation;
        if (step < 0) continue;
        for (int c = 0; c < channels; ++c) to[step * channels + c] += from[c];
      }
  }
}

std::vector<Parameter> Convolution::parameters() {
  return {{"weight", &weights_, &weights_gradient_, true},
          {"bias", &bias_, &bias_gradient_, false}};
}

}  // namespace faultprint::model
