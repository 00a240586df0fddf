// Dropout (Srivastava et al., 2014): in training a share of the values becomes 0 and the others
// grow by 1 / (1 - share).
#pragma once

#include "model/layers/layer.h"

namespace faultprint::model {

class Dropout : public Layer {
 public:
  Dropout(int width, double share) : width_(width), share_(share) {}

  int inputs() const override { return width_; }
  int outputs() const override { return width_; }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Dropout>(*this); }
  bool training_only() const override { return true; }

 private:
  int width_;
  double share_;
  Matrix mask_;  // 0 or 1 / (1 - share)
  Matrix output_;
};

// A mask of rows x cols: 0 with probability `share`, else 1 / (1 - share).
void draw_dropout_mask(Eigen::Index rows, Eigen::Index cols, double share, Random& random,
                       Matrix& mask);

}  // namespace faultprint::model
