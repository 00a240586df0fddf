// The bootstrap's percentile interval (Efron and Tibshirani, An Introduction to the Bootstrap,
// 1993, chapter 13): draw as many units as there are, with replacement, compute the figure on what
// was drawn, many times over; the middle 95 % of those values is the interval. Units must be all
// but independent of each other: what is correlated belongs into one unit.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace faultprint::model {

struct Interval {
  double low = 0;
  double high = 0;
};

// Draws units within strata: of each stratum as many as it has, so that no draw lacks a stratum.
class StratifiedBootstrap {
 public:
  // strata: of each unit, any numbers. The same strata and seed give the same draws.
  StratifiedBootstrap(const std::vector<int>& strata, std::uint64_t seed);

  // How often each unit is drawn; valid until the next call.
  const std::vector<int>& next();

 private:
  std::vector<std::vector<std::size_t>> units_;  // by stratum
  std::vector<int> counts_;
  std::mt19937_64 random_;
};

// The middle `level` of the values, whose ends are values themselves (a count stays a whole
// number). NaN is a draw on which the figure is not defined, and left out; nullopt where more than
// half are.
std::optional<Interval> percentile_interval(std::vector<double> values, double level = 0.95);

}  // namespace faultprint::model
