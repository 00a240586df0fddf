#include "model/layers/group_norm.h"

namespace faultprint::model {
namespace {

constexpr float kFloor = 1e-5F;

using Window = Eigen::Map<Matrix>;
using ConstWindow = Eigen::Map<const Matrix>;

// Each group's mean of one value a channel, for each of its channels.
void average_groups(int groups, RowVector& of_channel) {
  const Eigen::Index width = of_channel.size() / groups;
  for (int g = 0; g < groups; ++g)
    of_channel.segment(g * width, width).setConstant(of_channel.segment(g * width, width).mean());
}

}  // namespace

GroupNorm::GroupNorm(int steps, int channels, int groups)
    : steps_(steps),
      channels_(channels),
      groups_(groups),
      scale_(Matrix::Ones(1, channels)),
      shift_(Matrix::Zero(1, channels)) {}

// Channels lie side by side: sums run down all of them at once.
void GroupNorm::normalise_window(const float* input, float* normalised, RowVector& inverse) const {
  const ConstWindow x(input, steps_, channels_);
  Window z(normalised, steps_, channels_);
  RowVector mean = RowVector::Zero(channels_);
  for (int t = 0; t < steps_; ++t) mean += x.row(t);
  mean /= static_cast<float>(steps_);
  average_groups(groups_, mean);
  RowVector variance = RowVector::Zero(channels_);
  for (int t = 0; t < steps_; ++t) {
    z.row(t) = x.row(t) - mean;
    variance += z.row(t).cwiseAbs2();
  }
  variance /= static_cast<float>(steps_);
  average_groups(groups_, variance);
  inverse = (variance.array() + kFloor).sqrt().inverse().matrix();
  for (int t = 0; t < steps_; ++t) z.row(t).array() *= inverse.array();
}

void GroupNorm::scale_and_clip(const float* normalised, float* output) const {
  const ConstWindow z(normalised, steps_, channels_);
  Window y(output, steps_, channels_);
  for (int t = 0; t < steps_; ++t)
    y.row(t).array() = (z.row(t).array() * scale_.row(0).array() + shift_.row(0).array()).max(0.0F);
}

void GroupNorm::infer(const float* input, Eigen::Index rows, Matrix& output,
                      Matrix& workspace) const {
  output.resize(rows, inputs());
  workspace.resize(1, inputs());
  RowVector inverse;
  for (Eigen::Index row = 0; row < rows; ++row) {
    normalise_window(input + row * inputs(), workspace.data(), inverse);
    scale_and_clip(workspace.data(), output.row(row).data());
  }
}

const Matrix& GroupNorm::forward(const Matrix& input, bool, Random&) {
  normalised_.resize(input.rows(), inputs());
  inverse_deviation_.resize(input.rows(), channels_);
  output_.resize(input.rows(), inputs());
  in_parts(input.rows(), threads_, [&](int, Eigen::Index first, Eigen::Index count) {
    RowVector inverse;
    for (Eigen::Index row = first; row < first + count; ++row) {
      normalise_window(input.row(row).data(), normalised_.row(row).data(), inverse);
      inverse_deviation_.row(row) = inverse;
      scale_and_clip(normalised_.row(row).data(), output_.row(row).data());
    }
  });
  return output_;
}

// Of one window; `along` gets the sum over time of dy z where y > 0, `across` that of dy. dx may be
// null. With z = (x - mean) s over a group: dx = s (dz - mean(dz) - z mean(dz z)).
void GroupNorm::backward_window(Eigen::Index row, const float* gradient, Sums& sums,
                                float* dx) const {
  auto& [open, along, across] = sums;
  const float* const y = output_.row(row).data();
  const ConstWindow z(normalised_.row(row).data(), steps_, channels_);
  open.resize(steps_, channels_);
  for (Eigen::Index i = 0; i < open.size(); ++i) open.data()[i] = y[i] > 0 ? gradient[i] : 0;
  along.setZero(channels_);
  across.setZero(channels_);
  for (int t = 0; t < steps_; ++t) {
    across += open.row(t);
    along += open.row(t).cwiseProduct(z.row(t));
  }
  if (dx == nullptr) return;
  RowVector mean = across.cwiseProduct(scale_.row(0)) / static_cast<float>(steps_);
  RowVector slope = along.cwiseProduct(scale_.row(0)) / static_cast<float>(steps_);
  average_groups(groups_, mean);
  average_groups(groups_, slope);
  Window to(dx, steps_, channels_);
  for (int t = 0; t < steps_; ++t)
    to.row(t).array() =
        inverse_deviation_.row(row).array() * (open.row(t).array() * scale_.row(0).array() -
                                               mean.array() - z.row(t).array() * slope.array());
}

void GroupNorm::backward(const Matrix& gradient, Matrix* input_gradient) {
  if (input_gradient != nullptr) input_gradient->resize(gradient.rows(), inputs());
  for (Matrix* sum : {&scale_of_part_, &shift_of_part_}) sum->setZero(kParts, channels_);
  in_parts(gradient.rows(), threads_, [&](int part, Eigen::Index first, Eigen::Index count) {
    Sums sums;
    for (Eigen::Index row = first; row < first + count; ++row) {
      backward_window(row, gradient.row(row).data(), sums,
                      input_gradient == nullptr ? nullptr : input_gradient->row(row).data());
      scale_of_part_.row(part) += sums.along;
      shift_of_part_.row(part) += sums.across;
    }
  });
  scale_gradient_ = scale_of_part_.colwise().sum();
  shift_gradient_ = shift_of_part_.colwise().sum();
}

std::vector<Parameter> GroupNorm::parameters() {
  return {{"scale", &scale_, &scale_gradient_, false}, {"shift", &shift_, &shift_gradient_, false}};
}

}  // namespace faultprint::model
