// MiniRocket's features (Dempster, Schmidt and Webb, KDD 2021): the 84 kernels of nine weights,
// three of them 2 and six -1, dilated on a log scale; of each convolution the share of positions
// above a bias (PPV), the biases being quantiles of convolutions of training windows. With several
// KPIs a kernel at a dilation reads the sum of a few of them, drawn at random, as in the authors'
// multivariate version.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

struct MiniRocketOptions {
  int features = 9996;      // at most; a multiple of 84 at least 84
  int most_dilations = 32;  // of a kernel
  std::uint64_t seed = 1;
};

// A kernel at a dilation: one feature for each of its biases.
struct DilatedKernel {
  int kernel = 0;             // 0 .. 83, in MiniRocket::kernels()
  int dilation = 1;           // at most (steps - 1) / 8
  bool padded = true;         // PPV over all positions, zeros around; else where it fits inside
  std::vector<int> channels;  // whose sum it reads
  std::vector<float> biases;
};

class MiniRocket {
 public:
  static constexpr int kKernels = 84;
  static constexpr int kTaps = 9;

  // The three taps of weight 2 of each kernel, in lexicographic order.
  static const std::array<std::array<int, 3>, kKernels>& kernels();

  // windows: n x (steps * columns), time first; at least one. Of each step's columns the first
  // `channels` are read. std::invalid_argument with fewer than 9 steps or no channel.
  MiniRocket(const MatrixView& windows, int columns, int channels,
             const MiniRocketOptions& options);
  // By hand. The kernels must suit the steps and columns.
  MiniRocket(int steps, int columns, std::vector<DilatedKernel> kernels);

  int features() const { return features_; }
  const std::vector<DilatedKernel>& dilated_kernels() const { return kernels_; }

  // B x features(), each in [0, 1].
  Matrix operator()(const MatrixView& windows) const;

 private:
  int steps_;
  int columns_;
  int features_ = 0;
  std::vector<DilatedKernel> kernels_;
};

// Dilations of windows of `steps`, ascending, and how many features of each kernel have each.
struct Dilations {
  std::vector<int> dilations;
  std::vector<int> features;
};
Dilations fit_dilations(int steps, int features_per_kernel, int most);

}  // namespace faultprint::model
