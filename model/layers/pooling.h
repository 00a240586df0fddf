// Mean and greatest value over time of each channel: T steps x channels become 2 x channels.
#pragma once

#include <vector>

#include "model/layers/layer.h"

namespace faultprint::model {

class Pooling : public Layer {
 public:
  Pooling(int steps, int channels) : steps_(steps), channels_(channels) {}

  int inputs() const override { return steps_ * channels_; }
  int outputs() const override { return 2 * channels_; }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Pooling>(*this); }

 private:
  int steps_;
  int channels_;
  const Matrix* input_ = nullptr;
  Matrix output_;
};

}  // namespace faultprint::model
