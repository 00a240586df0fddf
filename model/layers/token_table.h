// A learned vector for each token: L token numbers become L steps x width. Token 0 is padding, and
// its vector is always 0.
#pragma once

#include "model/layers/layer.h"

namespace faultprint::model {

class TokenTable : public Layer {
 public:
  // tokens: how many numbers there are, padding included. A number beyond is read as 1 ("other").
  TokenTable(int length, int tokens, int width, Random& random);

  int inputs() const override { return length_; }
  int outputs() const override { return length_ * static_cast<int>(vectors_.cols()); }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  // Token numbers have no gradient: input_gradient must be null.
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::vector<Parameter> parameters() override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<TokenTable>(*this); }

 private:
  Eigen::Index token(float number) const;

  int length_;
  Matrix vectors_;  // tokens x width; row 0 is not used
  Matrix gradient_;
  const Matrix* input_ = nullptr;
  Matrix output_;
};

}  // namespace faultprint::model
