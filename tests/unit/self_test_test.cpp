#include "model/self_test.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "hand_made_model.h"

namespace faultprint::model {
namespace self_test_test {

Matrix some_windows(Eigen::Index rows) {
  Matrix windows(rows, 8);
  for (Eigen::Index i = 0; i < windows.size(); ++i)
    windows.data()[i] = std::sin(static_cast<float>(i));
  return windows;
}

TEST_CASE("a self-test holds windows from all over, and their embeddings") {
  const auto loaded = test::hand_made_model();
  const Matrix windows = some_windows(100);
  const SelfTest test = make_self_test(loaded->model.encoder, windows);
  REQUIRE(test.windows.rows() == 16);
  CHECK(test.windows.row(0) == windows.row(0));
  CHECK(test.windows.row(15) == windows.row(93));
  CHECK(test.embeddings.rows() == 16);
  CHECK(self_test_deviation(loaded->model.encoder, test) == 0);
  CHECK(make_self_test(loaded->model.encoder, some_windows(3)).windows.rows() == 3);
}

TEST_CASE("a self-test says by how much an embedding differs, and never passes for what is none") {
  const auto loaded = test::hand_made_model();
  SelfTest test = make_self_test(loaded->model.encoder, some_windows(4));
  test.embeddings(2, 1) += 0.01F;
  CHECK(self_test_deviation(loaded->model.encoder, test) == doctest::Approx(0.01));
  test.embeddings(2, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(self_test_deviation(loaded->model.encoder, test) <= kSelfTestTolerance);
  test.embeddings = Matrix::Zero(4, 3);
  CHECK_FALSE(self_test_deviation(loaded->model.encoder, test) <= kSelfTestTolerance);
  CHECK_FALSE(self_test_deviation(loaded->model.encoder, SelfTest{}) <= kSelfTestTolerance);
}

}  // namespace self_test_test
}  // namespace faultprint::model
