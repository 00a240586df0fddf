#include "model/layers/convolution.h"

#include <algorithm>
#include <cmath>

#include "model/kernels/kernels.h"

namespace faultprint::model {
namespace {

constexpr int kBlockSteps = 512;  // time steps whose taps stay in the cache

// Rows of `steps` x channels; of each step t the K steps t, t + stride, ..., those outside as zero,
// from the last to the first: (rows * steps) x (K * channels).
void gather(const float* input, Eigen::Index rows, const ConvolutionShape& shape, int channels,
            int stride, Matrix& taps) {
  taps.resize(rows * shape.steps, shape.kernel * channels);
  float* to = taps.data();
  for (Eigen::Index row = 0; row < rows; ++row, input += shape.steps * channels)
    for (int t = 0; t < shape.steps; ++t)
      for (int k = shape.kernel - 1; k >= 0; --k, to += channels) {
        const int from = t + k * stride;
        if (from < 0 || from >= shape.steps)
          std::fill_n(to, channels, 0.0F);
        else
          std::copy_n(input + from * channels, channels, to);
      }
}

void product(const Matrix& x, const Matrix& weights, const Matrix& bias, float* output) {
  fp_affine(static_cast<int>(x.rows()), static_cast<int>(x.cols()),
            static_cast<int>(weights.cols()), x.data(), weights.data(), bias.data(), output, 0);
}

}  // namespace

Convolution::Convolution(const ConvolutionShape& shape, Random& random)
    : shape_(shape),
      weights_(random_weights(shape.kernel * shape.channels, shape.filters,
                              std::sqrt(2.0 / (shape.kernel * shape.channels)), random)),
      bias_(Matrix::Zero(1, shape.filters)) {}

// Calls work(first, count) for so many windows at a time: eights, or one, so that a window's result
// does not depend on its place in a block (see Layer::infer).
template <typename Work>
void Convolution::by_block(Eigen::Index first, Eigen::Index count, const Work& work) const {
  const Eigen::Index block = std::max(1, kBlockSteps / shape_.steps / 8 * 8);
  for (const Eigen::Index end = first + count; first < end; first += block)
    work(first, std::min(block, end - first));
}

void Convolution::infer_block(const float* input, Eigen::Index rows, Matrix& taps,
                              float* output) const {
  gather(input, rows, shape_, shape_.channels, -shape_.dilation, taps);
  product(taps, weights_, bias_, output);
}

void Convolution::infer(const float* input, Eigen::Index rows, Matrix& output,
                        Matrix& workspace) const {
  output.resize(rows, outputs());
  by_block(0, rows, [&](Eigen::Index first, Eigen::Index count) {
    infer_block(input + first * inputs(), count, workspace, output.data() + first * outputs());
  });
}

const Matrix& Convolution::forward(const Matrix& input, bool, Random&) {
  input_ = &input;
  output_.resize(input.rows(), outputs());
  in_parts(input.rows(), threads_, [&](int part, Eigen::Index first, Eigen::Index count) {
    by_block(first, count, [&](Eigen::Index row, Eigen::Index rows) {
      infer_block(input.row(row).data(), rows, parts_[static_cast<std::size_t>(part)].taps,
                  output_.row(row).data());
    });
  });
  return output_;
}

void Convolution::add_weights_gradient(const float* gradient, Eigen::Index rows, Part& part) const {
  const auto steps = static_cast<int>(rows * shape_.steps);
  fp_gemm(1, 0, static_cast<int>(part.taps.cols()), shape_.filters, steps, part.taps.data(),
          gradient, part.weights_gradient.data(), 1);
  const Eigen::Map<const Matrix> of_steps(gradient, steps, shape_.filters);
  for (int t = 0; t < steps; ++t) part.bias_gradient += of_steps.row(t);
}

// dL/dx of a step is the sum over the taps by which later steps saw it: a convolution of dL/dy that
// looks ahead, with each tap's weights transposed.
void Convolution::backward(const Matrix& gradient, Matrix* input_gradient) {
  const auto& [steps, channels, filters, kernel, dilation] = shape_;
  Matrix transposed(kernel * filters, channels);
  for (int k = 0; k < kernel; ++k)
    transposed.middleRows(k * filters, filters) =
        weights_.middleRows(k * channels, channels).transpose();
  const Matrix none = Matrix::Zero(1, channels);
  if (input_gradient != nullptr) input_gradient->resize(gradient.rows(), inputs());
  for (Part& part : parts_) {
    part.weights_gradient.setZero(weights_.rows(), weights_.cols());
    part.bias_gradient.setZero(1, filters);
  }
  in_parts(gradient.rows(), threads_, [&](int number, Eigen::Index first, Eigen::Index count) {
    Part& part = parts_[static_cast<std::size_t>(number)];
    by_block(first, count, [&](Eigen::Index row, Eigen::Index rows) {
      const float* const of_output = gradient.row(row).data();
      gather(input_->row(row).data(), rows, shape_, shape_.channels, -shape_.dilation, part.taps);
      add_weights_gradient(of_output, rows, part);
      if (input_gradient == nullptr) return;
      gather(of_output, rows, shape_, shape_.filters, shape_.dilation, part.gradient_taps);
      product(part.gradient_taps, transposed, none, input_gradient->row(row).data());
    });
  });
  weights_gradient_ = parts_[0].weights_gradient;
  bias_gradient_ = parts_[0].bias_gradient;
  for (int part = 1; part < kParts; ++part) {
    weights_gradient_ += parts_[static_cast<std::size_t>(part)].weights_gradient;
    bias_gradient_ += parts_[static_cast<std::size_t>(part)].bias_gradient;
  }
}

std::vector<Parameter> Convolution::parameters() {
  return {{"weight", &weights_, &weights_gradient_, true},
          {"bias", &bias_, &bias_gradient_, false}};
}

}  // namespace faultprint::model
