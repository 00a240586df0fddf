#include "model/projection.h"

#include <doctest/doctest.h>

#include <random>

namespace faultprint::model {
namespace projection_test {

// Wide along (1, 1, 0, ...), less so along the third axis, hardly along the rest.
Matrix cloud(int count) {
  std::mt19937_64 random(3);
  std::normal_distribution<float> normal(0, 1);
  Matrix points(count, 5);
  for (int i = 0; i < count; ++i) {
    const float wide = 4 * normal(random);
    points.row(i) << 7 + wide, wide, 2 * normal(random), 0.1F * normal(random),
        0.1F * normal(random);
  }
  return points;
}

TEST_CASE("principal components are the directions of greatest variance, with their shares") {
  const Projection p = principal_components(cloud(4000), 3);
  REQUIRE(p.axes.cols() == 3);
  CHECK(p.axes(0, 0) == doctest::Approx(std::sqrt(0.5)).epsilon(0.01));
  CHECK(p.axes(1, 0) == doctest::Approx(std::sqrt(0.5)).epsilon(0.01));
  CHECK(std::abs(p.axes(2, 1)) == doctest::Approx(1).epsilon(0.01));
  CHECK(p.explained[0] == doctest::Approx(32.0 / 36).epsilon(0.03));  // 2 x 16 of 32 + 4 + .02
  CHECK(p.explained[1] == doctest::Approx(4.0 / 36).epsilon(0.1));
  CHECK(p.explained[2] < 0.01);
}

TEST_CASE("a projection makes no distance greater") {
  const Matrix points = cloud(200);
  const Matrix flat = principal_components(points, 2).apply(points);
  for (int i = 1; i < 200; ++i)
    CHECK((flat.row(i) - flat.row(0)).norm() <= (points.row(i) - points.row(0)).norm() + 1e-3);
  CHECK(flat.colwise().mean().norm() < 1e-3);
}

TEST_CASE("an axis is turned the same way whatever the points' signs") {
  const Matrix points = cloud(300);
  const Projection a = principal_components(points, 2);
  const Projection b = principal_components(Matrix(-points), 2);
  CHECK((a.axes - b.axes).norm() < 1e-3);
}

TEST_CASE("no more components than values, and none explains what does not vary") {
  Matrix same(4, 2);
  same.setConstant(0.5F);
  const Projection p = principal_components(same, 3);
  CHECK(p.axes.cols() == 2);
  CHECK(p.explained == std::vector<double>{0, 0});
  CHECK(p.apply(same).norm() == doctest::Approx(0));
}

}  // namespace projection_test
}  // namespace faultprint::model
