#include "model/layers/group_norm.h"

#include <cmath>

namespace faultprint::model {
namespace {

constexpr double kFloor = 1e-5;

using Strided = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;
using ConstStrided = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

}  // namespace

GroupNorm::GroupNorm(int steps, int channels, int groups)
    : steps_(steps),
      channels_(channels),
      groups_(groups),
      scale_(Matrix::Ones(1, channels)),
      shift_(Matrix::Zero(1, channels)) {}

void GroupNorm::normalise(const float* input, Eigen::Index rows, Matrix& normalised,
                          Matrix& inverse_deviation) const {
  const int width = channels_ / groups_;
  normalised.resize(rows, inputs());
  inverse_deviation.resize(rows, groups_);
  for (Eigen::Index row = 0; row < rows; ++row)
    for (int g = 0; g < groups_; ++g) {
      const ConstStrided x(input + row * inputs() + g * width, steps_, width,
                           Eigen::OuterStride<>(channels_));
      Strided z(normalised.row(row).data() + g * width, steps_, width,
                Eigen::OuterStride<>(channels_));
      z.array() = x.array() - x.mean();
      const float inverse = static_cast<float>(
          1 / std::sqrt(static_cast<double>(z.squaredNorm()) / (steps_ * width) + kFloor));
      z *= inverse;
      inverse_deviation(row, g) = inverse;
    }
}

void GroupNorm::scale_and_clip(const Matrix& normalised, Matrix& output) const {
  output.resize(normalised.rows(), normalised.cols());
  const Eigen::Index rows = normalised.rows() * steps_;
  const Eigen::Map<const Matrix> from(normalised.data(), rows, channels_);
  Eigen::Map<Matrix> to(output.data(), rows, channels_);
  to.array() = ((from.array().rowwise() * scale_.row(0).array()).rowwise() + shift_.row(0).array())
                   .max(0.0F);
}

void GroupNorm::infer(const float* input, Eigen::Index rows, Matrix& output,
                      Matrix& workspace) const {
  Matrix inverse_deviation;
  normalise(input, rows, workspace, inverse_deviation);
  scale_and_clip(workspace, output);
}

const Matrix& GroupNorm::forward(const Matrix& input, bool, Random&) {
  normalise(input.data(), input.rows(), normalised_, inverse_deviation_);
  scale_and_clip(normalised_, output_);
  return output_;
}

// With z = (x - mean) s over a group: dx = s (dz - mean(dz) - z mean(dz z)).
void GroupNorm::backward(const Matrix& gradient, Matrix* input_gradient) {
  output_.array() = (output_.array() > 0).select(gradient.array(), 0.0F);
  const Eigen::Index rows = gradient.rows() * steps_;
  const Eigen::Map<const Matrix> z(normalised_.data(), rows, channels_);
  Eigen::Map<Matrix> delta(output_.data(), rows, channels_);
  scale_gradient_ = (delta.array() * z.array()).colwise().sum().matrix();
  shift_gradient_ = delta.colwise().sum();
  if (input_gradient == nullptr) return;
  delta.array().rowwise() *= scale_.row(0).array();
  input_gradient->resize(gradient.rows(), inputs());
  const int width = channels_ / groups_;
  for (Eigen::Index row = 0; row < gradient.rows(); ++row)
    for (int g = 0; g < groups_; ++g) {
      const Eigen::Index at = row * inputs() + g * width;
      const Eigen::OuterStride<> stride(channels_);
      const ConstStrided dz(output_.data() + at, steps_, width, stride);
      const ConstStrided own(normalised_.data() + at, steps_, width, stride);
      Strided dx(input_gradient->data() + at, steps_, width, stride);
      const float mean = dz.mean();
      const float along = (dz.array() * own.array()).mean();
      dx.array() = inverse_deviation_(row, g) * (dz.array() - mean - own.array() * along);
    }
}

std::vector<Parameter> GroupNorm::parameters() {
  return {{"scale", &scale_, &scale_gradient_, false}, {"shift", &shift_, &shift_gradient_, false}};
}

}  // namespace faultprint::model
