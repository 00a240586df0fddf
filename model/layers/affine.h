// y = x W + b, then ReLU where asked for. With `copies` > 1 a row is so many equal parts and each
// goes through the same weights.
#pragma once

#include "model/layers/layer.h"

namespace faultprint::model {

class Affine : public Layer {
 public:
  // He initialisation before a ReLU, Glorot without; biases 0.
  Affine(int in, int out, bool relu, Random& random, int copies = 1);

  int inputs() const override { return copies_ * static_cast<int>(weights_.rows()); }
  int outputs() const override { return copies_ * static_cast<int>(weights_.cols()); }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::vector<Parameter> parameters() override;
  void prepare() override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Affine>(*this); }

  int copies() const { return copies_; }
  // y becomes (y - mean) * scale (each 1 x outputs() / copies()): a normalisation folded in.
  void fold(const RowVector& mean, const RowVector& scale);

 private:
  float* room(int in, int out);  // to pack a matrix into

  int copies_;
  bool relu_;
  Matrix weights_;             // in x out
  Matrix bias_;                // 1 x out
  std::vector<float> packed_;  // the weights as fp_affine_packed wants them; empty: not final
  Matrix weights_gradient_;
  Matrix bias_gradient_;
  std::vector<float> room_;
  const Matrix* input_ = nullptr;
  Matrix output_;
};

}  // namespace faultprint::model
