#include "ingest/baseline.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace faultprint::ingest {
namespace baseline_test {

using config::KpiScale;
using config::NetworkKpi;
using doctest::Approx;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

KpiBaseline unit_baseline(double level = 0) { return {level, 1.0F, 1.0F}; }

TEST_CASE("an update follows the formula, checked by hand") {
  KpiBaseline baseline{10, 4.0F, 4.0F};
  CHECK(deviation(baseline, 13) == Approx(1.5));
  learn(baseline, 13, 10);  // d = 3, within 3 scales of 2
  CHECK(baseline.level == Approx(10.3).epsilon(1e-12));
  CHECK(baseline.variance == Approx(4 + (1.005 * 9 - 4) / 10).epsilon(1e-6));
  CHECK(deviation(baseline, 13) == Approx(2.7 / std::sqrt(4.5045)).epsilon(1e-6));
  learn(baseline, 4, 10);  // d = -6.3, still within 3 scales
  CHECK(baseline.level == Approx(10.3 - 0.63).epsilon(1e-12));
  CHECK(baseline.variance == Approx(4.5045 + (1.005 * 39.69 - 4.5045) / 10).epsilon(1e-6));
  CHECK(baseline.first_variance == 4.0F);
}

TEST_CASE("a value beyond three scales pulls as one at three does") {
  for (const double x : {3.0, 4.0, 100.0, 1e12}) {
    CAPTURE(x);
    KpiBaseline up = unit_baseline();
    learn(up, x, 50);
    CHECK(up.level == Approx(3.0 / 50).epsilon(1e-12));
    CHECK(up.variance == Approx(1 + (1.005 * 9 - 1) / 50).epsilon(1e-6));
    KpiBaseline down = unit_baseline();
    learn(down, -x, 50);
    CHECK(down.level == Approx(-3.0 / 50).epsilon(1e-12));
    CHECK(down.variance == up.variance);
  }
}

TEST_CASE("an outlier moves the level by at most 3 deviations / tau, whatever came before") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(50, 4);
  KpiBaseline baseline{50, 16.0F, 16.0F};
  for (int i = 0; i < 2000; ++i) {
    const double scale = std::sqrt(double{baseline.variance});
    const double before = baseline.level;
    learn(baseline, i % 7 == 0 ? 1e9 : normal(random), 30);
    CHECK(std::abs(baseline.level - before) <= 3 * scale / 30 * (1 + 1e-12));
  }
}

TEST_CASE("a deviation is clipped at ten") {
  const KpiBaseline baseline = unit_baseline(5);
  CHECK(deviation(baseline, 5 + 9.99) == Approx(9.99));
  CHECK(deviation(baseline, 5 + 10.5) == 10.0F);
  CHECK(deviation(baseline, 1e300) == 10.0F);
  CHECK(deviation(baseline, -1e300) == -10.0F);
  CHECK(network_deviation({5, 2}, 9) == 2.0F);
  CHECK(network_deviation({5, 2}, -1e9) == -10.0F);
  CHECK(network_deviation({5, 0}, 7) == 2.0F);  // a KPI that never moved: in its own unit
}

TEST_CASE("the variance stays within (0.2 s0)^2 and (2 s0)^2") {
  KpiBaseline quiet{7, 9.0F, 9.0F};
  for (int i = 0; i < 5000; ++i) learn(quiet, quiet.level, 20);
  CHECK(quiet.variance == Approx(0.04 * 9).epsilon(1e-6));
  KpiBaseline wild{7, 9.0F, 9.0F};
  for (int i = 0; i < 5000; ++i) learn(wild, i % 2 == 0 ? 1e6 : -1e6, 20);
  CHECK(wild.variance == Approx(4 * 9).epsilon(1e-6));
  CHECK(wild.first_variance == 9.0F);
}

TEST_CASE("on a normal sequence the variance learned is the true one: 1.005 undoes the clipping") {
  // E[min(z^2, 9)] of a standard normal z, from its density and distribution.
  const double tail = std::erfc(3 / std::sqrt(2.0));
  const double density = std::exp(-4.5) / std::sqrt(2 * 3.14159265358979323846);
  const double clipped = (1 - tail) - 2 * 3 * density + 9 * tail;
  CHECK(std::abs(1 / clipped - 1.005) < 5e-4);

  std::mt19937_64 random(11);
  std::normal_distribution<double> normal(100, 5);
  KpiBaseline baseline{100, 25.0F, 25.0F};
  constexpr double kTau = 2000;
  constexpr int kSlots = 2000000;
  double sum = 0;
  for (int i = 0; i < kSlots; ++i) {
    learn(baseline, normal(random), kTau);
    sum += baseline.variance;
  }
  // The level wanders with variance s^2 / (2 tau), which v sees too. Standard error of the mean of
  // v: s^2 sqrt(2 / slots) = 0.1 %.
  CHECK(std::abs(sum / kSlots / 25 - (1 + 1 / (2 * kTau))) < 0.003);
}

TEST_CASE("the first scale is shrunk to the network's with a weight of 30 slots") {
  const std::vector<double> values{8, 12, 8, 12, kMissing, 8, 12, 8, 12, 8, 12};  // 10 of them
  const KpiBaseline baseline = start_baseline(values, KpiScale::linear, {0, 6});
  CHECK(baseline.level == Approx(10).epsilon(1e-12));
  CHECK(baseline.variance == Approx((10 * 4 + 30 * 36) / 40.0).epsilon(1e-6));
  CHECK(baseline.first_variance == baseline.variance);
  CHECK(baseline.started());
}

TEST_CASE("the first scale is at least 1 % of the level on a linear scale") {
  const std::vector<double> constant(36, -5000);
  CHECK(std::sqrt(start_baseline(constant, KpiScale::linear, {0, 0}).variance) ==
        Approx(50).epsilon(1e-6));
  CHECK(std::sqrt(start_baseline(constant, KpiScale::linear, {0, 1}).variance) ==
        Approx(50).epsilon(1e-6));
  const std::vector<double> small(36, 0.02);
  CHECK(std::sqrt(start_baseline(small, KpiScale::linear, {0, 0}).variance) ==
        Approx(1e-3).epsilon(1e-6));
}

TEST_CASE("the first scale is at least 0.01 on a logarithmic scale, whatever the level") {
  for (const double level : {0.5, 7.0, 23.0}) {
    const std::vector<double> constant(36, level);
    CHECK(std::sqrt(start_baseline(constant, KpiScale::log, {0, 0}).variance) ==
          Approx(0.01).epsilon(1e-6));
  }
}

TEST_CASE("a KPI that is zero throughout, here and in the network, has a scale of one") {
  const std::vector<double> zero(36, 0.0);
  CHECK(start_baseline(zero, KpiScale::linear, {0, 0}).variance == 1.0F);
  CHECK(start_baseline(zero, KpiScale::log, {0, 0}).variance == 1.0F);
  // Zero here, alive elsewhere: the network's scale, with its weight.
  CHECK(start_baseline(zero, KpiScale::linear, {3, 2}).variance ==
        Approx(30 * 4 / 66.0).epsilon(1e-6));
}

TEST_CASE("without any value a baseline does not start") {
  CHECK_FALSE(start_baseline({}, KpiScale::linear, {0, 1}).started());
  const std::vector<double> missing(36, kMissing);
  CHECK_FALSE(start_baseline(missing, KpiScale::linear, {0, 1}).started());
}

TEST_CASE("one mark among the first values does not make a KPI deaf, a burst still counts") {
  std::vector<double> values;
  for (int i = 0; i < 36; ++i) values.push_back(50 + (i % 2 == 0 ? 2 : -2));
  const KpiBaseline clean = start_baseline(values, KpiScale::linear, {50, 2});
  for (const double mark : {4294967295.0, -1e9, 1e30}) {
    std::vector<double> marked = values;
    marked.push_back(mark);
    const KpiBaseline baseline = start_baseline(marked, KpiScale::linear, {50, 2});
    CHECK(baseline.level == Approx(clean.level));
    CHECK(baseline.variance == Approx(clean.variance));
  }
  std::vector<double> bursts(35, 0.0);
  bursts.push_back(600);
  CHECK(std::sqrt(start_baseline(bursts, KpiScale::linear, {0, 0}).variance) > 50);
}

TEST_CASE("a small variance on a large level is not lost to rounding") {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(1e10 + (i % 2 == 0 ? 1e9 : -1e9));
  const KpiBaseline large = start_baseline(values, KpiScale::linear, {0, 1e9});
  CHECK(std::sqrt(large.variance) == Approx(1e9).epsilon(1e-6));
  std::vector<double> log_values;
  for (int i = 0; i < 1000; ++i) log_values.push_back(1e6 + (i % 2 == 0 ? 0.1 : -0.1));
  const KpiBaseline small = start_baseline(log_values, KpiScale::log, {0, 0.1});
  CHECK(std::sqrt(small.variance) == Approx(0.1).epsilon(1e-4));
}

}  // namespace baseline_test
}  // namespace faultprint::ingest
