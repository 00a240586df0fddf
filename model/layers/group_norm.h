// Group normalisation (Wu and He, 2018), then ReLU: within each window, over all time steps of a
// group of channels, mean 0 and variance 1; then a scale and a shift per channel. A row is T steps
// x channels.
#pragma once

#include "model/layers/layer.h"
#include "model/layers/parts.h"

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
  // Normalised values without scale and shift (T x channels); 1 / deviation of each channel's
  // group.
  void normalise_window(const float* input, float* normalised, RowVector& inverse) const;
  void scale_and_clip(const float* normalised, float* output) const;
  // Of one window going back: its gradient where the output is open, and that summed over time.
  struct Sums {
    Matrix open;
    RowVector along;
    RowVector across;
  };
  void backward_window(Eigen::Index row, const float* gradient, Sums& sums, float* dx) const;

  int steps_;
  int channels_;
  int groups_;
  Matrix scale_;  // 1 x channels
  Matrix shift_;
  Matrix scale_gradient_;
  Matrix shift_gradient_;
  Matrix normalised_;
  Matrix inverse_deviation_;  // rows x channels
  Matrix scale_of_part_;      // kParts x channels
  Matrix shift_of_part_;
  Matrix output_;
};

}  // namespace faultprint::model
