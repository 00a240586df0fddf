#include "model/layers/token_table.h"

namespace faultprint::model {

TokenTable::TokenTable(int length, int tokens, int width, Random& random)
    : length_(length), vectors_(random_weights(tokens, width, 0.3, random)) {
  vectors_.row(0).setZero();
}

Eigen::Index TokenTable::token(float number) const {
  if (!(number >= 1)) return 0;
  const auto last = static_cast<float>(vectors_.rows() - 1);
  return number <= last ? static_cast<Eigen::Index>(number) : 1;
}

void TokenTable::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix&) const {
  const Eigen::Index width = vectors_.cols();
  output.resize(rows, outputs());
  for (Eigen::Index i = 0; i < rows * length_; ++i) {
    Eigen::Map<RowVector> to(output.data() + i * width, width);
    const Eigen::Index which = token(input[i]);
    if (which == 0)
      to.setZero();
    else
      to = vectors_.row(which);
  }
}

const Matrix& TokenTable::forward(const Matrix& input, bool, Random&) {
  input_ = &input;
  Matrix unused;
  infer(input.data(), input.rows(), output_, unused);
  return output_;
}

void TokenTable::backward(const Matrix& gradient, Matrix*) {
  const Eigen::Index width = vectors_.cols();
  gradient_.setZero(vectors_.rows(), width);
  for (Eigen::Index i = 0; i < input_->size(); ++i) {
    const Eigen::Index which = token(input_->data()[i]);
    if (which > 0)
      gradient_.row(which) += Eigen::Map<const RowVector>(gradient.data() + i * width, width);
  }
}

std::vector<Parameter> TokenTable::parameters() {
  return {{"vectors", &vectors_, &gradient_, true}};
}

}  // namespace faultprint::model
