#include "model/layers/dropout.h"

#include <cstdint>

namespace faultprint::model {

void draw_dropout_mask(Eigen::Index rows, Eigen::Index cols, double share, Random& random,
                       Matrix& mask) {
  mask.resize(rows, cols);
  const auto limit = static_cast<std::uint32_t>(share * 4294967296.0);
  const auto keep = static_cast<float>(1 / (1 - share));
  for (Eigen::Index i = 0; i < mask.size(); i += 2) {
    const std::uint64_t bits = random();  // two draws in one
    mask.data()[i] = static_cast<std::uint32_t>(bits) < limit ? 0.0F : keep;
    if (i + 1 < mask.size())
      mask.data()[i + 1] = static_cast<std::uint32_t>(bits >> 32) < limit ? 0.0F : keep;
  }
}

void Dropout::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix&) const {
  output = Eigen::Map<const Matrix>(input, rows, width_);
}

const Matrix& Dropout::forward(const Matrix& input, bool training, Random& random) {
  if (!training || share_ <= 0) {
    mask_.resize(0, 0);
    return input;
  }
  draw_dropout_mask(input.rows(), input.cols(), share_, random, mask_);
  output_ = input.array() * mask_.array();
  return output_;
}

void Dropout::backward(const Matrix& gradient, Matrix* input_gradient) {
  if (input_gradient == nullptr) return;
  if (mask_.size() == 0)
    *input_gradient = gradient;
  else
    *input_gradient = gradient.array() * mask_.array();
}

}  // namespace faultprint::model
