#include "model/pair_calibration.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

namespace faultprint::model {
namespace pair_calibration_test {

using doctest::Approx;
using Pairs = std::vector<PairDistance>;

// Each pair its own group.
void add(Pairs& pairs, bool same, const std::vector<double>& distances, int kind = 0) {
  for (const double d : distances) pairs.push_back({d, same, kind, static_cast<int>(pairs.size())});
}

std::vector<double> draw(std::mt19937_64& random, int n, double mean, double deviation) {
  std::normal_distribution<double> normal(mean, deviation);
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(normal(random));
  return values;
}

Pairs normals(int same, int different, double near = 1, double far = 2, double deviation = 0.5) {
  std::mt19937_64 random(7);
  Pairs pairs;
  add(pairs, true, draw(random, same, near, deviation));
  add(pairs, false, draw(random, different, far, deviation));
  return pairs;
}

TEST_CASE("two normal distributions of one spread give the log odds of theory") {
  // ln p(d | same) / p(d | different) = (far - near) / s^2 * ((near + far) / 2 - d)
  const auto fit = fit_pair_calibration(normals(20000, 20000));
  REQUIRE(fit);
  CHECK(fit->slope == Approx(4).epsilon(0.04));
  CHECK(fit->bias == Approx(6).epsilon(0.04));
  CHECK(*fit->threshold() == Approx(1.5).epsilon(0.01));
  CHECK(fit->probability(Distance(1)) == Approx(1 / (1 + std::exp(-2))).epsilon(0.02));
  CHECK(fit->same == 20000);
  CHECK(fit->different == 20000);
  CHECK(fit->windows == 40000);
}

TEST_CASE("probabilities are calibrated on pairs of another seed") {
  const auto fit = fit_pair_calibration(normals(5000, 5000));
  REQUIRE(fit);
  std::mt19937_64 random(99);
  Pairs fresh;
  add(fresh, true, draw(random, 20000, 1, 0.5));
  add(fresh, false, draw(random, 20000, 2, 0.5));
  for (const double low : {0.1, 0.3, 0.5, 0.7}) {
    CAPTURE(low);
    double expected = 0, seen = 0, count = 0;
    for (const PairDistance& pair : fresh) {
      const double p = fit->probability(Distance(pair.distance));
      if (p < low || p >= low + 0.2) continue;
      expected += p;
      seen += pair.same ? 1 : 0;
      ++count;
    }
    REQUIRE(count > 500);
    CHECK(std::abs(expected - seen) / count < 0.03);
  }
}

TEST_CASE("how many pairs each side has is no prior: both count alike") {
  const auto even = fit_pair_calibration(normals(2000, 2000));
  const auto odd = fit_pair_calibration(normals(2000, 40000));
  CHECK(*odd->threshold() == Approx(*even->threshold()).epsilon(0.03));
}

TEST_CASE("the prior shifts log odds, and the threshold with it") {
  const auto fit = fit_pair_calibration(normals(2000, 2000));
  const double d = *fit->threshold(0.1);
  CHECK(fit->probability(Distance(d), 0.1) == Approx(0.5));
  CHECK(d < *fit->threshold());
  CHECK(fit->probability(Distance(*fit->threshold()), 0.1) == Approx(0.1));
  CHECK(*fit->threshold(1e-9) < 0);  // no likeness is enough
}

TEST_CASE("nearer is never less probable, whatever the pairs") {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 200; ++trial) {
    Pairs pairs;
    add(pairs, true, draw(random, 1 + trial % 5, 1, 1));
    add(pairs, false, draw(random, 1 + trial % 7, 1.5, 1));
    const auto fit = fit_pair_calibration(pairs);
    REQUIRE(fit);
    CHECK(fit->slope >= 0);
    double last = 1;
    for (double d = 0; d < 5; d += 0.25) {
      const double p = fit->probability(Distance(d));
      CHECK(p > 0);
      CHECK(p <= last);
      last = p;
    }
  }
}

TEST_CASE("one pair of each side is no surer than two to one at either") {
  Pairs pairs;
  add(pairs, true, {0.2});
  add(pairs, false, {1.4});
  const auto fit = fit_pair_calibration(pairs);
  REQUIRE(fit);
  CHECK(fit->probability(Distance(0.2)) == Approx(2.0 / 3));
  CHECK(fit->probability(Distance(1.4)) == Approx(1.0 / 3));
  CHECK(*fit->threshold() == Approx(0.8));
}

TEST_CASE("more pairs that are told apart make it surer, and never certain") {
  double last = 0.6;
  for (const int n : {1, 3, 10, 100, 1000}) {
    Pairs pairs;
    add(pairs, true, std::vector<double>(static_cast<std::size_t>(n), 0.2));
    add(pairs, false, std::vector<double>(static_cast<std::size_t>(n), 1.4));
    const auto fit = fit_pair_calibration(pairs);
    CHECK(fit->probability(Distance(0.2)) == Approx((n + 1.0) / (n + 2)).epsilon(1e-6));
    CHECK(fit->probability(Distance(0.2)) > last);
    last = fit->probability(Distance(0.2));
  }
  CHECK(last < 1);
}

TEST_CASE("a long incident counts no more than a short one") {
  Pairs pairs;
  for (int i = 0; i < 100; ++i) pairs.push_back({0.2, true, 0, 0});  // one pair of incidents
  pairs.push_back({1.0, true, 0, 1});                                // another
  add(pairs, false, {2.0, 2.2});
  Pairs brief{{0.2, true, 0, 0}, {1.0, true, 0, 1}};
  add(brief, false, {2.0, 2.2});
  const auto fit = fit_pair_calibration(pairs);
  CHECK(fit->same == 2);
  CHECK(fit->windows == 103);
  CHECK(fit->bias == Approx(fit_pair_calibration(brief)->bias).epsilon(1e-6));
}

TEST_CASE("a pair of labels with many incidents counts no more than another") {
  Pairs pairs;
  add(pairs, true, {0.2});
  add(pairs, false, {1.0}, 1);
  add(pairs, false, std::vector<double>(50, 3.0), 2);
  Pairs few;
  add(few, true, {0.2});
  add(few, false, {1.0}, 1);
  add(few, false, {3.0}, 2);
  CHECK(fit_pair_calibration(pairs)->bias == Approx(fit_pair_calibration(few)->bias).epsilon(1e-6));
}

TEST_CASE("without pairs of both sides there is no calibration") {
  CHECK_FALSE(fit_pair_calibration({}));
  Pairs pairs;
  add(pairs, true, {0.1});
  CHECK_FALSE(fit_pair_calibration(pairs));
  add(pairs, true, {0.1, 0.2, 0.3});
  CHECK_FALSE(fit_pair_calibration(pairs));
  for (PairDistance& pair : pairs) pair.same = false;
  CHECK_FALSE(fit_pair_calibration(pairs));
}

TEST_CASE("equal distances, or those the wrong way round, tell nothing: the prior stays") {
  Pairs equal;
  add(equal, true, {0.7, 0.7, 0.7});
  add(equal, false, {0.7, 0.7});
  Pairs wrong;
  add(wrong, true, {1, 1.2, 1.4});
  add(wrong, false, {0.1, 0.3});
  Pairs zero;
  add(zero, true, {0, 0});
  add(zero, false, {0});
  for (const Pairs& pairs : {equal, wrong, zero}) {
    const auto fit = fit_pair_calibration(pairs);
    REQUIRE(fit);
    CHECK(fit->slope == 0);
    CHECK(fit->probability(Distance(0)) == Approx(0.5));
    CHECK(fit->probability(Distance(9), 0.2) == Approx(0.2));
    CHECK_FALSE(fit->threshold());
    const auto warnings = check_pair_calibration(fit);
    REQUIRE(warnings.size() == 2);
    CHECK(warnings[1].starts_with("W_PAIR_CAL_FLAT: "));
  }
}

TEST_CASE("too few pairs are told by name, enough are not") {
  const auto few = check_pair_calibration(fit_pair_calibration(normals(9, 500)));
  REQUIRE(few.size() == 1);
  CHECK(few[0].starts_with("W_PAIR_CAL_TOO_FEW: "));
  CHECK(few[0].find("9 equal and 500 different") != std::string::npos);
  CHECK(check_pair_calibration(fit_pair_calibration(normals(10, 10))).empty());
  const auto none = check_pair_calibration(std::nullopt);
  REQUIRE(none.size() == 1);
  CHECK(none[0].starts_with("W_PAIR_CAL_TOO_FEW: "));
}

}  // namespace pair_calibration_test
}  // namespace faultprint::model
