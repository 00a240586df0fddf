// Dilated causal convolution over time: output step t sees input steps t, t - d, ..., t - (K-1) d;
// steps before the window count as zero. A row is T steps x channels.
#pragma once

#include <array>

#include "model/layers/layer.h"
#include "model/layers/parts.h"

namespace faultprint::model {

struct ConvolutionShape {
  int steps;     // T
  int channels;  // in
  int filters;   // channels out
  int kernel;    // K
  int dilation;  // d
};

class Convolution : public Layer {
 public:
  // He initialisation; bias 0.
  Convolution(const ConvolutionShape& shape, Random& random);

  int inputs() const override { return shape_.steps * shape_.channels; }
  int outputs() const override { return shape_.steps * shape_.filters; }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::vector<Parameter> parameters() override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Convolution>(*this); }

 private:
  // Of a part of the batch, a block of windows at a time: what is gathered stays in the cache.
  struct Part {
    Matrix taps;
    Matrix gradient_taps;
    Matrix weights_gradient;
    Matrix bias_gradient;
  };

  template <typename Work>
  void by_block(Eigen::Index first, Eigen::Index count, const Work& work) const;
  void infer_block(const float* input, Eigen::Index rows, Matrix& taps, float* output) const;
  void add_weights_gradient(const float* gradient, Eigen::Index rows, Part& part) const;

  ConvolutionShape shape_;
  Matrix weights_;  // (K * channels) x filters
  Matrix bias_;     // 1 x filters
  Matrix weights_gradient_;
  Matrix bias_gradient_;
  const Matrix* input_ = nullptr;
  std::array<Part, kParts> parts_;
  Matrix output_;
};

}  // namespace faultprint::model
