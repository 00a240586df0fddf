#include "model/minirocket.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <span>
#include <stdexcept>

#include "model/draws.h"

namespace faultprint::model {
namespace {

// Windows are convolved this many at a time, one in each lane of the processor's registers.
constexpr int kLanes = 16;
using Lanes = std::array<float, kLanes>;
constexpr int kHalf = MiniRocket::kTaps / 2;

// The windows of one block, a lane each: [step][column]. Lanes without a window are zero.
class Block {
 public:
  Block(const MatrixView& windows, Eigen::Index first, int steps, int columns)
      : columns_(columns), values_(static_cast<std::size_t>(steps * columns)) {
    const auto rows = std::min<Eigen::Index>(kLanes, windows.rows() - first);
    for (auto& lanes : values_) lanes.fill(0);
    for (Eigen::Index lane = 0; lane < rows; ++lane)
      for (std::size_t i = 0; i < values_.size(); ++i)
        values_[i][static_cast<std::size_t>(lane)] =
            windows(first + lane, static_cast<Eigen::Index>(i));
  }

  const Lanes& at(int step, int column) const {
    return values_[static_cast<std::size_t>(step * columns_ + column)];
  }

 private:
  int columns_;
  std::vector<Lanes> values_;
};

void add(Lanes& sum, const Lanes& value, float weight = 1) {
  for (std::size_t l = 0; l < kLanes; ++l) sum[l] += weight * value[l];
}

// Convolves blocks of windows; keeps its buffers from one to the next.
class BlockConvolution {
 public:
  explicit BlockConvolution(int steps)
      : steps_(steps),
        padded_(static_cast<std::size_t>(2 * steps)),
        result_(static_cast<std::size_t>(steps)) {}

  // By position; valid until the next call.
  const std::vector<Lanes>& operator()(const Block& block, const DilatedKernel& k) {
    // A convolution is linear: that of the channels' sum is the sum of theirs.
    const int pad = kHalf * k.dilation;
    for (int i = 0; i < steps_ + 2 * pad; ++i) padded_[static_cast<std::size_t>(i)].fill(0);
    for (int t = 0; t < steps_; ++t)
      for (const int channel : k.channels)
        add(padded_[static_cast<std::size_t>(t + pad)], block.at(t, channel));
    const auto& twos = MiniRocket::kernels()[static_cast<std::size_t>(k.kernel)];
    for (int t = 0; t < steps_; ++t) {
      Lanes& sum = result_[static_cast<std::size_t>(t)];
      sum.fill(0);
      for (int tap = 0; tap < MiniRocket::kTaps; ++tap) {
        const bool two = tap == twos[0] || tap == twos[1] || tap == twos[2];
        add(sum, padded_[static_cast<std::size_t>(t + tap * k.dilation)], two ? 2.0F : -1.0F);
      }
    }
    return result_;
  }

 private:
  int steps_;
  std::vector<Lanes> padded_;
  std::vector<Lanes> result_;
};

// The share of values above the bias, in each lane.
Lanes share_above(std::span<const Lanes> values, float bias) {
  Lanes count{};
  for (const Lanes& v : values)
    for (std::size_t l = 0; l < kLanes; ++l) count[l] += v[l] > bias ? 1.0F : 0.0F;
  for (float& c : count) c /= static_cast<float>(values.size());
  return count;
}

// Interpolated between the two nearest of the sorted values.
float quantile_of_sorted(const std::vector<float>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double rest = at - static_cast<double>(below);
  return static_cast<float>((1 - rest) * static_cast<double>(sorted[below]) +
                            rest * static_cast<double>(sorted[above]));
}

// 1 to 9 channels, few more often than many: the logarithm of their number is uniform.
std::vector<int> draw_channels(int channels, std::mt19937_64& random) {
  const double most = std::log2(std::min(channels, MiniRocket::kTaps) + 1);
  const auto count = static_cast<std::size_t>(std::exp2(draw_unit(random) * most));
  std::vector<int> all(static_cast<std::size_t>(channels));
  std::iota(all.begin(), all.end(), 0);
  for (std::size_t i = 0; i < count; ++i)
    std::swap(all[i], all[i + draw_below(random, all.size() - i)]);
  all.resize(count);
  std::sort(all.begin(), all.end());
  return all;
}

std::array<std::array<int, 3>, MiniRocket::kKernels> all_kernels() {
  std::array<std::array<int, 3>, MiniRocket::kKernels> result{};
  std::size_t k = 0;
  for (int a = 0; a < MiniRocket::kTaps; ++a)
    for (int b = a + 1; b < MiniRocket::kTaps; ++b)
      for (int c = b + 1; c < MiniRocket::kTaps; ++c) result[k++] = {a, b, c};
  return result;
}

// Dilated kernels with their channels and how many biases each takes, the biases still zero.
std::vector<DilatedKernel> lay_out(int steps, int channels, const MiniRocketOptions& options,
                                   std::mt19937_64& random) {
  const Dilations fitted =
      fit_dilations(steps, options.features / MiniRocket::kKernels, options.most_dilations);
  std::vector<DilatedKernel> result;
  for (std::size_t d = 0; d < fitted.dilations.size(); ++d)
    for (int kernel = 0; kernel < MiniRocket::kKernels; ++kernel)
      result.push_back({kernel, fitted.dilations[d], (static_cast<int>(d) + kernel) % 2 == 0,
                        draw_channels(channels, random),
                        std::vector<float>(static_cast<std::size_t>(fitted.features[d]))});
  return result;
}

}  // namespace

const std::array<std::array<int, 3>, MiniRocket::kKernels>& MiniRocket::kernels() {
  static const auto kernels = all_kernels();
  return kernels;
}

Dilations fit_dilations(int steps, int features_per_kernel, int most) {
  const int tried = std::min(features_per_kernel, most);
  const double highest = std::log2((steps - 1) / static_cast<double>(MiniRocket::kTaps - 1));
  Dilations result;
  for (int i = 0; i < tried; ++i) {
    const double exponent = tried > 1 ? highest * i / (tried - 1) : 0;
    // 2 to a rounded logarithm may fall just short of the whole number that it is.
    const int dilation = static_cast<int>(std::exp2(exponent) + 1e-9);
    if (result.dilations.empty() || result.dilations.back() != dilation) {
      result.dilations.push_back(dilation);
      result.features.push_back(0);
    }
    ++result.features.back();
  }
  int given = 0;
  for (int& features : result.features) {
    features = features * features_per_kernel / tried;
    given += features;
  }
  for (std::size_t i = 0; given < features_per_kernel; i = (i + 1) % result.features.size()) {
    ++result.features[i];
    ++given;
  }
  return result;
}

MiniRocket::MiniRocket(const MatrixView& windows, int columns, int channels,
                       const MiniRocketOptions& options)
    : steps_(static_cast<int>(windows.cols()) / columns), columns_(columns) {
  if (steps_ < kTaps) throw std::invalid_argument("MiniRocket needs windows of at least 9 slots");
  if (channels < 1) throw std::invalid_argument("MiniRocket needs a KPI that is a number");
  std::mt19937_64 random(options.seed);
  kernels_ = lay_out(steps_, channels, options, random);
  BlockConvolution convolve(steps_);
  std::vector<float> values(static_cast<std::size_t>(steps_));
  for (DilatedKernel& k : kernels_) {
    const auto row =
        static_cast<Eigen::Index>(draw_below(random, static_cast<std::size_t>(windows.rows())));
    const auto& convolved = convolve(Block(windows.middleRows(row, 1), 0, steps_, columns_), k);
    for (std::size_t t = 0; t < values.size(); ++t) values[t] = convolved[t][0];
    std::sort(values.begin(), values.end());
    for (float& bias : k.biases) {  // quantiles spread evenly, whatever their number
      const double golden = ++features_ * std::numbers::phi;
      bias = quantile_of_sorted(values, golden - std::floor(golden));
    }
  }
}

MiniRocket::MiniRocket(int steps, int columns, std::vector<DilatedKernel> kernels)
    : steps_(steps), columns_(columns), kernels_(std::move(kernels)) {
  for (const DilatedKernel& k : kernels_) features_ += static_cast<int>(k.biases.size());
}

Matrix MiniRocket::operator()(const MatrixView& windows) const {
  Matrix result(windows.rows(), features_);
  BlockConvolution convolve(steps_);
  for (Eigen::Index first = 0; first < windows.rows(); first += kLanes) {
    const Block block(windows, first, steps_, columns_);
    const auto rows = std::min<Eigen::Index>(kLanes, windows.rows() - first);
    Eigen::Index feature = 0;
    for (const DilatedKernel& k : kernels_) {
      std::span<const Lanes> values = convolve(block, k);
      const auto pad = static_cast<std::size_t>(k.padded ? 0 : kHalf * k.dilation);
      values = values.subspan(pad, values.size() - 2 * pad);
      for (const float bias : k.biases) {
        const Lanes share = share_above(values, bias);
        for (Eigen::Index l = 0; l < rows; ++l)
          result(first + l, feature) = share[static_cast<std::size_t>(l)];
        ++feature;
      }
    }
  }
  return result;
}

}  // namespace faultprint::model
