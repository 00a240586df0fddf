#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "daemon/simulation/random.h"

namespace faultprint::daemon::simulation {
namespace simulation_random_test {

struct Moments {
  double mean;
  double variance;
};

Moments moments(const std::function<double(Random&)>& draw) {
  constexpr int kDraws = 20000;
  Random random(7, {1});
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw(random);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST_CASE("simulated numbers have the moments of their distributions") {
  struct Case {
    const char* name;
    std::function<double(Random&)> draw;
    Moments theory;
  };
  const std::vector<Case> cases = {
      {"uniform", [](Random& r) { return r.uniform(); }, {0.5, 1 / 12.0}},
      {"normal", [](Random& r) { return r.normal(); }, {0, 1}},
      {"few counts", [](Random& r) { return r.poisson(2.5); }, {2.5, 2.5}},
      {"many counts", [](Random& r) { return r.poisson(400); }, {400, 400}},
      {"few of few", [](Random& r) { return r.binomial(12, 0.3); }, {3.6, 2.52}},
      {"few of many", [](Random& r) { return r.binomial(1000, 0.004); }, {4, 3.984}},
      {"many of many", [](Random& r) { return r.binomial(1000, 0.4); }, {400, 240}},
      {"nearly all", [](Random& r) { return r.binomial(1000, 0.996); }, {996, 3.984}},
      {"one of three", [](Random& r) { return static_cast<double>(r.below(3)); }, {1, 2 / 3.0}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Moments found = moments(c.draw);
    CHECK(std::abs(found.mean - c.theory.mean) < 4 * std::sqrt(c.theory.variance / 20000));
    CHECK(found.variance == doctest::Approx(c.theory.variance).epsilon(0.06));
  }
}

TEST_CASE("a simulated count never leaves its bounds") {
  Random random(1, {});
  for (int i = 0; i < 2000; ++i) {
    const double n = random.poisson(40);
    const double k = random.binomial(n, random.uniform(-0.1, 1.1));
    CHECK((k >= 0 && k <= n && k == std::floor(k)));
  }
  CHECK(random.poisson(-1) == 0);
  CHECK(random.binomial(0, 0.5) == 0);
}

TEST_CASE("each key and seed is a stream of its own") {
  CHECK(Random(1, {2, 3}).next() == Random(1, {2, 3}).next());
  CHECK(Random(1, {2, 3}).next() != Random(1, {3, 2}).next());
  CHECK(Random(1, {2, 3}).next() != Random(2, {2, 3}).next());
  CHECK(Random(1, {2}).next() != Random(1, {2, 0}).next());
}

}  // namespace simulation_random_test
}  // namespace faultprint::daemon::simulation
