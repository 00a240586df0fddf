#include "model/layers/affine.h"

#include <cmath>

#include "model/kernels/kernels.h"
#include "model/kernels/training_kernels.h"

namespace faultprint::model {

Affine::Affine(int in, int out, bool relu, Random& random, int copies)
    : copies_(copies),
      relu_(relu),
      weights_(random_weights(in, out, std::sqrt(2.0 / (relu ? in : in + out)), random)),
      bias_(Matrix::Zero(1, out)) {}

void Affine::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix&) const {
  output.resize(rows, outputs());
  const bool final = !packed_.empty();
  const auto product = final ? &fp_affine_packed : &fp_affine;
  product(static_cast<int>(rows) * copies_, static_cast<int>(weights_.rows()),
          static_cast<int>(weights_.cols()), input, final ? packed_.data() : weights_.data(),
          bias_.data(), output.data(), relu_);
}

void Affine::prepare() {
  const auto in = static_cast<int>(weights_.rows());
  const auto out = static_cast<int>(weights_.cols());
  packed_.resize(static_cast<std::size_t>(fp_packed_floats(in, out)));
  fp_pack(in, out, weights_.data(), packed_.data());
}

float* Affine::room(int in, int out) {
  const auto size = static_cast<std::size_t>(fp_packed_floats(in, out));
  if (room_.size() < size) room_.resize(size);
  return room_.data();
}

// Packing costs less than it saves in a batch's products.
const Matrix& Affine::forward(const Matrix& input, bool, Random&) {
  input_ = &input;
  const auto in = static_cast<int>(weights_.rows());
  const auto out = static_cast<int>(weights_.cols());
  float* const packed = room(in, out);
  fp_pack(in, out, weights_.data(), packed);
  output_.resize(input.rows(), outputs());
  fp_affine_packed(static_cast<int>(input.rows()) * copies_, in, out, input.data(), packed,
                   bias_.data(), output_.data(), relu_);
  return output_;
}

void Affine::backward(const Matrix& gradient, Matrix* input_gradient) {
  const auto rows = static_cast<int>(gradient.rows()) * copies_;
  const auto in = static_cast<int>(weights_.rows());
  const auto out = static_cast<int>(weights_.cols());
  // The output is not needed again: its place holds the gradient behind the ReLU.
  if (relu_)
    fp_relu_backward(output_.size(), gradient.data(), output_.data());
  else
    output_ = gradient;
  weights_gradient_.resize(in, out);
  float* packed = room(rows, out);
  fp_pack(rows, out, output_.data(), packed);
  fp_product_packed(1, in, rows, out, input_->data(), packed, weights_gradient_.data());
  bias_gradient_ = Eigen::Map<const Matrix>(output_.data(), rows, out).colwise().sum();
  if (input_gradient == nullptr) return;
  input_gradient->resize(gradient.rows(), inputs());
  packed = room(out, in);
  fp_pack_transposed(in, out, weights_.data(), packed);
  fp_product_packed(0, rows, out, in, output_.data(), packed, input_gradient->data());
}

std::vector<Parameter> Affine::parameters() {
  packed_.clear();
  return {{"weight", &weights_, &weights_gradient_, true},
          {"bias", &bias_, &bias_gradient_, false}};
}

void Affine::fold(const RowVector& mean, const RowVector& scale) {
  packed_.clear();
  weights_.array().rowwise() *= scale.array();
  bias_.row(0) = ((bias_.row(0) - mean).array() * scale.array()).matrix();
}

}  // namespace faultprint::model
