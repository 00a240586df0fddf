#include "model/layers/dropout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

#include "model/kernels/training_kernels.h"

namespace faultprint::model {
namespace {

constexpr double kDrawRange = 65536;  // of sixteen bits

}  // namespace

void draw_dropout_mask(Eigen::Index rows, Eigen::Index cols, double share, Random& random,
                       Matrix& mask) {
  mask.resize(rows, cols);
  // Sixteen bits decide for a value; kept ones make up for the share that these give.
  const auto limit = static_cast<unsigned>(std::lround(share * kDrawRange));
  const auto keep = static_cast<float>(kDrawRange / (kDrawRange - limit));
  std::array<std::uint64_t, 256> bits{};
  std::array<unsigned short, 4 * bits.size()> draws{};
  for (Eigen::Index i = 0; i < mask.size(); i += static_cast<Eigen::Index>(draws.size())) {
    const auto some = std::min(draws.size(), static_cast<std::size_t>(mask.size() - i));
    std::generate_n(bits.begin(), (some + 3) / 4, std::ref(random));
    std::memcpy(draws.data(), bits.data(), sizeof bits);
    fp_dropout_mask(static_cast<long>(some), draws.data(), limit, keep, mask.data() + i);
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
