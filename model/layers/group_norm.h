// Group normalisation (Wu and He, 2018), then ReLU: within each window, over all time steps of a
// group of channels, mean 0 and variance 1; then a scale and a shift per channel. A row is T steps
// x channels.
#pragma once

#include "model/layers/layer.h"

namespace faultprint::model {

class GroupNorm : public Layer {
 public:
  // groups must divide channels.
  GroupNorm(int steps, int channels, int groups);

  int inputs() const override { return steps_ * channels_; }
  int outputs() const override { return inputs(); }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::vector<Parameter> parameters() override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<GroupNorm>(*this); }

 private:
  // Normalised values without scale and shift; 1 / deviation of each group (rows x groups).
  void normalise(const float* input, Eigen::Index rows, Matrix& normalised,
                 Matrix& inverse_deviation) const;
  void scale_and_clip(const Matrix& normalised, Matrix& output) const;

  int steps_;
  int channels_;
  int groups_;
  Matrix scale_;  // 1 x channels
  Matrix shift_;
  Matrix scale_gradient_;
  Matrix shift_gradient_;
  Matrix normalised_;
  Matrix inverse_deviation_;
  Matrix output_;
};

}  // namespace faultprint::model
