#include "model/prototypes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace faultprint::model {
namespace prototypes_test {

// `each` points about each of three corners.
Matrix three_blobs(int each, float spread) {
  std::mt19937_64 random(3);
  std::normal_distribution<float> noise(0, spread);
  Matrix points(3 * each, 2);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    const Eigen::Index blob = i % 3;
    points(i, 0) = (blob == 1 ? 10.0F : 0.0F) + noise(random);
    points(i, 1) = (blob == 2 ? 10.0F : 0.0F) + noise(random);
  }
  return points;
}

TEST_CASE("well separated groups get a prototype each, at their mean") {
  const Matrix points = three_blobs(40, 0.5F);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const Matrix centres = prototypes(points, 3, seed);
    REQUIRE(centres.rows() == 3);
    for (Eigen::Index blob = 0; blob < 3; ++blob) {
      RowVector mean = RowVector::Zero(2);
      for (Eigen::Index i = blob; i < points.rows(); i += 3) mean += points.row(i) / 40.0F;
      CHECK((centres.rowwise() - mean).rowwise().norm().minCoeff() < 1e-3F);
    }
  }
}

TEST_CASE("one prototype is the mean") {
  const Matrix points = three_blobs(10, 1);
  CHECK((prototypes(points, 1, 5).row(0) - points.colwise().mean()).norm() < 1e-4F);
}

TEST_CASE("there are no more prototypes than distinct points") {
  Matrix points(6, 2);
  points << 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Matrix centres = prototypes(points, 5, seed);
    REQUIRE(centres.rows() == 2);
    CHECK(nearest_squared(points, centres).maxCoeff() == 0.0F);
  }
  CHECK(prototypes(points.topRows(1), 5, 1).rows() == 1);
  CHECK(prototypes(Matrix(0, 2), 5, 1).rows() == 0);
  CHECK(prototypes(Matrix(0, 2), 5, 1).cols() == 2);
  CHECK(prototypes(points, 0, 1).rows() == 0);
}

TEST_CASE("more prototypes never lie farther away") {
  const Matrix points = three_blobs(60, 3);
  float before = nearest_squared(points, prototypes(points, 1, 2)).sum();
  for (const int count : {3, 8, 20, 60}) {
    const float now = nearest_squared(points, prototypes(points, count, 2)).sum();
    CHECK(now < before);
    before = now;
  }
  CHECK(nearest_squared(points, prototypes(points, 180, 2)).maxCoeff() < 1e-6F);
}

TEST_CASE("one seed gives one result bit for bit, another seed another") {
  const Matrix points = three_blobs(60, 3);
  CHECK(prototypes(points, 8, 2) == prototypes(points, 8, 2));
  CHECK(prototypes(points, 8, 2) != prototypes(points, 8, 3));
}

TEST_CASE("the distance is to the nearest centre, squared") {
  Matrix points(2, 2);
  points << 0, 0, 5, 5;
  Matrix centres(3, 2);
  centres << 3, 4, 5, 4, 100, 100;
  const Eigen::VectorXf d = nearest_squared(points, centres);
  CHECK(d(0) == 25.0F);
  CHECK(d(1) == 1.0F);
}

}  // namespace prototypes_test
}  // namespace faultprint::model
