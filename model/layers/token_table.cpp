#include "model/layers/token_table.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace faultprint::model {
namespace {

int columns_of(const TokenShape& shape) {
  int columns = 0;
  for (const TokenColumns& kpi : shape.tokens) columns += kpi.length;
  return columns;
}

}  // namespace

TokenTable::TokenTable(TokenShape shape, Random& random)
    : shape_(std::move(shape)), kept_(shape_.tokens.size()) {
  for (const TokenColumns& kpi : shape_.tokens) {
    vectors_.push_back(random_weights(kpi.buckets, shape_.width, 0.3, random));
    vectors_.back().row(0).setZero();
  }
  gradients_.resize(vectors_.size());
}

void TokenTable::start(const TokenVectors& vectors) {
  if (vectors.of_kpi.size() != vectors_.size())
    throw std::invalid_argument("token vectors are for another number of KPIs");
  for (std::size_t k = 0; k < vectors_.size(); ++k)
    for (const auto& [token, values] : vectors.of_kpi[k]) {
      if (token < 1 || token >= vectors_[k].rows() ||
          static_cast<int>(values.size()) != shape_.width)
        throw std::invalid_argument("the vector of token " + std::to_string(token) +
                                    " does not fit its table");
      vectors_[k].row(token) = Eigen::Map<const RowVector>(values.data(), shape_.width);
      if (vectors.keep) kept_[k].push_back(token);
    }
}

int TokenTable::inputs() const {
  return shape_.steps * (shape_.numbers + columns_of(shape_)) + shape_.rest;
}

int TokenTable::outputs() const {
  return shape_.steps * (shape_.numbers + columns_of(shape_) * shape_.width) + shape_.rest;
}

Eigen::Index TokenTable::token(std::size_t kpi, float number) const {
  if (!(number >= 1)) return 0;
  const auto last = static_cast<float>(vectors_[kpi].rows() - 1);
  return number <= last ? static_cast<Eigen::Index>(number) : 1;
}

// Calls on_numbers(from, count, place in the output) and on_token(KPI, token, place), in order.
template <typename OnNumbers, typename OnToken>
void TokenTable::walk(const float* input, Eigen::Index rows, const OnNumbers& on_numbers,
                      const OnToken& on_token) const {
  Eigen::Index to = 0;
  const auto numbers = [&](int count) {
    if (count > 0) on_numbers(input, count, to);
    input += count;
    to += count;
  };
  for (Eigen::Index row = 0; row < rows; ++row) {
    for (int step = 0; step < shape_.steps; ++step) {
      numbers(shape_.numbers);
      for (std::size_t k = 0; k < vectors_.size(); ++k)
        for (int i = 0; i < shape_.tokens[k].length; ++i, to += shape_.width)
          on_token(k, token(k, *input++), to);
    }
    numbers(shape_.rest);
  }
}

void TokenTable::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix&) const {
  output.resize(rows, outputs());
  float* const out = output.data();
  walk(
      input, rows,
      [&](const float* from, int count, Eigen::Index to) { std::copy_n(from, count, out + to); },
      [&](std::size_t k, Eigen::Index which, Eigen::Index to) {
        Eigen::Map<RowVector> vector(out + to, shape_.width);
        if (which == 0)
          vector.setZero();
        else
          vector = vectors_[k].row(which);
      });
}

const Matrix& TokenTable::forward(const Matrix& input, bool, Random&) {
  input_ = &input;
  Matrix unused;
  infer(input.data(), input.rows(), output_, unused);
  return output_;
}

void TokenTable::backward(const Matrix& gradient, Matrix*) {
  for (std::size_t k = 0; k < vectors_.size(); ++k)
    gradients_[k].setZero(vectors_[k].rows(), shape_.width);
  walk(
      input_->data(), input_->rows(), [](const float*, int, Eigen::Index) {},
      [&](std::size_t k, Eigen::Index which, Eigen::Index from) {
        if (which > 0)
          gradients_[k].row(which) +=
              Eigen::Map<const RowVector>(gradient.data() + from, shape_.width);
      });
  for (std::size_t k = 0; k < vectors_.size(); ++k)
    for (const Eigen::Index row : kept_[k]) gradients_[k].row(row).setZero();
}

std::vector<Parameter> TokenTable::parameters() {
  std::vector<Parameter> all;
  for (std::size_t k = 0; k < vectors_.size(); ++k)
    all.push_back({k == 0 ? "vectors" : "vectors" + std::to_string(k), &vectors_[k], &gradients_[k],
                   kept_[k].empty()});
  return all;
}

}  // namespace faultprint::model
