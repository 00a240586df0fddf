#include "model/self_test.h"

#include <algorithm>
#include <limits>

namespace faultprint::model {
namespace {

constexpr Eigen::Index kMostStored = 16;

}  // namespace

SelfTest make_self_test(const Encoder& encoder, const Matrix& windows) {
  const Eigen::Index count = std::min(kMostStored, windows.rows());
  SelfTest test;
  test.windows.resize(count, windows.cols());
  for (Eigen::Index i = 0; i < count; ++i)
    test.windows.row(i) = windows.row(i * windows.rows() / count);
  Encoder::Scratch scratch;
  test.embeddings = encoder.embed(test.windows, scratch);
  return test;
}

float self_test_deviation(const Encoder& encoder, const SelfTest& test) {
  constexpr float kNever = std::numeric_limits<float>::infinity();
  if (test.windows.rows() == 0 || test.windows.cols() != encoder.spec().cells() ||
      test.embeddings.rows() != test.windows.rows() ||
      test.embeddings.cols() != encoder.spec().width())
    return kNever;
  Encoder::Scratch scratch;
  const Matrix now = encoder.embed(test.windows, scratch);
  if (!now.allFinite() || !test.embeddings.allFinite()) return kNever;
  return (now - test.embeddings).cwiseAbs().maxCoeff();
}

}  // namespace faultprint::model
