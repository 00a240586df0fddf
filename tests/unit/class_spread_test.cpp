#include "model/class_spread.h"

#include <doctest/doctest.h>

#include <vector>

namespace faultprint::model {
namespace class_spread_test {

TEST_CASE("tightness is the mean over labels, separation the nearest two means") {
  Matrix points(8, 2);
  points << 0, 1, 0, -1,    // label 0: mean (0,0), 1 from it
      10, 3, 10, -3,        // label 1: mean (10,0), 3 from it
      0, 20, 0, 20, 0, 20,  // label 2: a point
      99, 99;               // left out
  const std::vector<int> labels = {0, 0, 1, 1, 2, 2, 2, -1};
  const auto spread = measure_spread(points, labels);
  REQUIRE(spread);
  CHECK(spread->tightness == doctest::Approx((1.0 + 3 + 0) / 3));
  CHECK(spread->separation == doctest::Approx(10));
  CHECK(*spread->ratio() == doctest::Approx(7.5));
}

TEST_CASE("labels that are points have no ratio, and one label has no spread") {
  Matrix points(4, 1);
  points << 1, 1, 2, 2;
  CHECK_FALSE(measure_spread(points, std::vector<int>{0, 0, 1, 1})->ratio());
  CHECK_FALSE(measure_spread(points, std::vector<int>{3, 3, 3, -1}));
}

}  // namespace class_spread_test
}  // namespace faultprint::model
