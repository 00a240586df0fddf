#include "model/bootstrap.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace faultprint::model {
namespace bootstrap_test {

using doctest::Approx;

TEST_CASE("each draw has as many units of every stratum as there are") {
  StratifiedBootstrap bootstrap({7, 3, 3, 7, 7, 5}, 1);
  bool varied = false;
  for (int i = 0; i < 50; ++i) {
    const std::vector<int>& counts = bootstrap.next();
    CHECK(counts[1] + counts[2] == 2);
    CHECK(counts[0] + counts[3] + counts[4] == 3);
    CHECK(counts[5] == 1);
    varied = varied || counts[1] != 1;
  }
  CHECK(varied);
}

TEST_CASE("the same strata and seed give the same draws, another seed others") {
  const std::vector<int> strata(30, 0);
  StratifiedBootstrap a(strata, 5), b(strata, 5), c(strata, 6);
  const std::vector<int> first = a.next();
  CHECK(first == b.next());
  CHECK(first != c.next());
  CHECK(first != a.next());
}

TEST_CASE("every unit is drawn alike: once on average, with a binomial's spread") {
  const int units = 20, draws = 20000;
  StratifiedBootstrap bootstrap(std::vector<int>(units, 0), 2);
  std::vector<double> sums(units), squares(units);
  for (int i = 0; i < draws; ++i) {
    const std::vector<int>& counts = bootstrap.next();
    for (std::size_t u = 0; u < units; ++u) {
      sums[u] += counts[u];
      squares[u] += counts[u] * counts[u];
    }
  }
  for (std::size_t u = 0; u < units; ++u) {
    const double mean = sums[u] / draws;
    CHECK(mean == Approx(1).epsilon(0.04));
    CHECK(squares[u] / draws - mean * mean == Approx(1 - 1.0 / units).epsilon(0.06));
  }
}

TEST_CASE("the interval of 1000 values is from the 25th to the 975th of them") {
  std::vector<double> values(1000);
  std::iota(values.rbegin(), values.rend(), 1);
  CHECK(percentile_interval(values)->low == 25);
  CHECK(percentile_interval(values)->high == 975);
  CHECK(percentile_interval(values, 0.5)->low == 250);
  CHECK(percentile_interval({4}, 0.95)->high == 4);
}

TEST_CASE("draws on which a figure is not defined are left out, and too many of them say nothing") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(percentile_interval({1, none, 2, none, 3})->high == 3);
  CHECK_FALSE(percentile_interval({1, none, none}).has_value());
  CHECK_FALSE(percentile_interval({}).has_value());
}

TEST_CASE("of a mean of many, the interval is the normal theory's") {
  const int n = 400;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(10, 2);
  std::vector<double> sample(n), means;
  for (double& v : sample) v = normal(random);
  const double mean = std::accumulate(sample.begin(), sample.end(), 0.0) / n;
  double variance = 0;
  for (const double v : sample) variance += (v - mean) * (v - mean) / n;
  StratifiedBootstrap bootstrap(std::vector<int>(n, 0), 4);
  for (int i = 0; i < 4000; ++i) {
    const std::vector<int>& counts = bootstrap.next();
    means.push_back(std::inner_product(sample.begin(), sample.end(), counts.begin(), 0.0) / n);
  }
  const auto interval = percentile_interval(means);
  const double half = 1.96 * std::sqrt(variance / n);
  CHECK(interval->low == Approx(mean - half).epsilon(0.001));
  CHECK(interval->high == Approx(mean + half).epsilon(0.001));
}

}  // namespace bootstrap_test
}  // namespace faultprint::model
