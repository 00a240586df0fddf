#include "model/exact_interval.h"

#include <doctest/doctest.h>

#include <cmath>

namespace faultprint::model {
namespace exact_interval_test {

using doctest::Approx;

TEST_CASE("ten of ten may be as few as 69 %: Clopper and Pearson's table") {
  CHECK(exact_share(10, 10).low == Approx(std::pow(0.025, 0.1)));
  CHECK(exact_share(10, 10).high == 1);
  CHECK(exact_share(0, 10).low == 0);
  CHECK(exact_share(0, 10).high == Approx(1 - std::pow(0.025, 0.1)));
  CHECK(exact_share(5, 10).low == Approx(0.18709).epsilon(1e-4));
  CHECK(exact_share(5, 10).high == Approx(0.81291).epsilon(1e-4));
  CHECK(exact_share(9, 10).low == Approx(0.55498).epsilon(1e-4));
  CHECK(exact_share(9, 10).high == Approx(0.99747).epsilon(1e-4));
  CHECK(exact_share(990, 1000).high - exact_share(990, 1000).low < 0.015);
}

TEST_CASE("no event at all may be as many as 3.7: Garwood's table") {
  CHECK(exact_expectation(0).low == 0);
  CHECK(exact_expectation(0).high == Approx(-std::log(0.025)));
  CHECK(exact_expectation(1).low == Approx(0.02532).epsilon(1e-3));
  CHECK(exact_expectation(1).high == Approx(5.57164).epsilon(1e-4));
  CHECK(exact_expectation(10).low == Approx(4.79539).epsilon(1e-4));
  CHECK(exact_expectation(10).high == Approx(18.39036).epsilon(1e-4));
  CHECK(exact_expectation(10000).high == Approx(10000 + 1.96 * 100).epsilon(0.001));
}

}  // namespace exact_interval_test
}  // namespace faultprint::model
