#include "daemon/simulation/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace faultprint::daemon::simulation {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
constexpr double kManyCounts = 30;  // from here on a count is drawn as a rounded normal

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed, std::initializer_list<std::uint64_t> key) : state_(mixed(seed)) {
  for (const std::uint64_t part : key) state_ = mixed(state_ + kGolden + mixed(part + kGolden));
}

std::uint64_t Random::next() { return mixed(state_ += kGolden); }

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double Random::uniform(double least, double most) { return least + (most - least) * uniform(); }

std::size_t Random::below(std::size_t n) {
  return std::min(n - 1, static_cast<std::size_t>(uniform() * static_cast<double>(n)));
}

bool Random::chance(double probability) { return uniform() < probability; }

double Random::normal() {  // Box and Muller's
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double Random::poisson(double mean) {
  if (mean <= 0) return 0;
  if (mean > kManyCounts) return std::max(0.0, std::floor(mean + std::sqrt(mean) * normal() + 0.5));
  const double end = std::exp(-mean);
  double count = 0;
  for (double product = uniform(); product > end; product *= uniform()) ++count;
  return count;
}

double Random::binomial(double n, double probability) {
  if (n <= 0 || probability <= 0) return 0;
  if (probability >= 1) return n;
  if (probability > 0.5) return n - binomial(n, 1 - probability);
  if (n <= kManyCounts) {
    double count = 0;
    for (int i = 0; i < static_cast<int>(n); ++i) count += chance(probability) ? 1 : 0;
    return count;
  }
  const double mean = n * probability;
  if (mean < kManyCounts) return std::min(n, poisson(mean));
  const double drawn = std::floor(mean + std::sqrt(mean * (1 - probability)) * normal() + 0.5);
  return std::clamp(drawn, 0.0, n);
}

}  // namespace faultprint::daemon::simulation
