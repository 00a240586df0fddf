// Learned vectors for tokens: where a slot holds token numbers, a vector of `width` stands for
// each. Every KPI of tokens has a table of its own. Token 0 is padding or missing, and its vector
// is always 0.
#pragma once

#include <map>
#include <vector>

#include "model/layers/layer.h"

namespace faultprint::model {

// One KPI's columns of tokens in a slot.
struct TokenColumns {
  int length = 1;
  int buckets = 0;  // how many token numbers there are, padding included

  bool operator==(const TokenColumns&) const = default;
};

struct TokenShape {
  int steps = 1;
  int numbers = 0;                   // columns of a step in front of its tokens: they pass
  std::vector<TokenColumns> tokens;  // then these
  int width = 1;                     // of a token's vector
  int rest = 0;                      // columns behind the last step: they pass, too
};

// Vectors that are known before training.
struct TokenVectors {
  std::vector<std::map<int, std::vector<float>>> of_kpi;  // of each KPI of tokens, by token number
  bool keep = false;                                      // they are not learned any further
};

class TokenTable : public Layer {
 public:
  // A number beyond `buckets` is read as 1.
  TokenTable(TokenShape shape, Random& random);

  // std::invalid_argument where a vector has another width or a token is none.
  void start(const TokenVectors& vectors);

  int inputs() const override;
  int outputs() const override;
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  // Token numbers have no gradient, and numbers beside them need none: input_gradient must be null.
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  // "vectors", "vectors1", ..., one a KPI; they do not decay where some are kept.
  std::vector<Parameter> parameters() override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<TokenTable>(*this); }

 private:
  Eigen::Index token(std::size_t kpi, float number) const;
  template <typename OnNumbers, typename OnToken>
  void walk(const float* input, Eigen::Index rows, const OnNumbers& on_numbers,
            const OnToken& on_token) const;

  TokenShape shape_;
  std::vector<Matrix> vectors_;  // buckets x width of each KPI; row 0 is not used
  std::vector<Matrix> gradients_;
  std::vector<std::vector<Eigen::Index>> kept_;  // rows of each KPI that are not learned
  const Matrix* input_ = nullptr;
  Matrix output_;
};

}  // namespace faultprint::model
