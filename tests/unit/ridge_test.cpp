#include "model/ridge.h"

#include <doctest/doctest.h>

#include <Eigen/Dense>

#include "golden.h"

namespace faultprint::model {
namespace ridge_test {

using doctest::Approx;

TEST_CASE(
    "penalty and scores are those of the closed form: more rows, more columns, equally many") {
  for (const auto& c : test::golden("ridge", "minirocket.json")) {
    const Matrix x = test::matrix_of(c["x"]);
    CAPTURE(x.rows());
    CAPTURE(x.cols());
    const RidgeClassifier ridge(x, c["labels"].get<std::vector<int>>());
    CHECK(ridge.penalty() == Approx(c["penalty"].get<double>()));
    CHECK(test::difference(ridge.scores(x), test::matrix_of(c["scores"])) < 1e-5);
  }
}

TEST_CASE("with one penalty it solves the normal equations, on either side of the Gram matrix") {
  for (const int columns : {7, 60}) {
    CAPTURE(columns);
    const Matrix x = Matrix::Random(30, columns);
    std::vector<int> labels;
    for (int i = 0; i < 30; ++i) labels.push_back(x(i, 0) > 0 ? 4 : -2);
    const RidgeClassifier ridge(x, labels, {2.5});
    CHECK(ridge.classes() == std::vector<int>{-2, 4});
    Eigen::MatrixXd s = x.cast<double>();
    s.rowwise() -= s.colwise().mean().eval();
    s.array().rowwise() /= (s.colwise().squaredNorm() / 30).cwiseSqrt().eval().array();
    Eigen::VectorXd y(30);
    for (int i = 0; i < 30; ++i) y(i) = labels[static_cast<std::size_t>(i)] == 4 ? 1 : -1;
    const double level = y.mean();
    y.array() -= level;
    const Eigen::MatrixXd gram =
        s.transpose() * s + 2.5 * Eigen::MatrixXd::Identity(columns, columns);
    const Eigen::VectorXd fitted = s * gram.ldlt().solve(s.transpose() * y);
    const Matrix scores = ridge.scores(x);
    for (int i = 0; i < 30; ++i) {
      CHECK(static_cast<double>(scores(i, 1)) == Approx(fitted(i) + level).epsilon(1e-4));
      CHECK(scores(i, 0) == Approx(-scores(i, 1)).epsilon(1e-4));
    }
  }
}

TEST_CASE("features on other scales, shifted, or constant change no answer") {
  const Matrix x = Matrix::Random(50, 8);
  std::vector<int> labels;
  for (int i = 0; i < 50; ++i) labels.push_back(x(i, 1) + x(i, 2) > 0.2F ? 1 : x(i, 3) > 0 ? 2 : 3);
  const std::vector<int> plain = RidgeClassifier(x, labels)(x);
  Matrix other(50, 9);
  other << x, Matrix::Constant(50, 1, 42);
  for (int c = 0; c < 8; ++c)
    other.col(c) = other.col(c) * static_cast<float>(c + 1) + Eigen::VectorXf::Constant(50, 3);
  CHECK(RidgeClassifier(other, labels)(other) == plain);
}

TEST_CASE("one class answers always, and so does a single row") {
  const Matrix x = Matrix::Random(5, 3);
  CHECK(RidgeClassifier(x, std::vector<int>(5, 9))(x) == std::vector<int>(5, 9));
  CHECK(RidgeClassifier(x.topRows(1), {6})(x) == std::vector<int>(5, 6));
  CHECK(RidgeClassifier(Matrix::Zero(4, 3), {1, 2, 2, 2})(x) == std::vector<int>(5, 2));
}

}  // namespace ridge_test
}  // namespace faultprint::model
