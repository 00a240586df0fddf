// The simulation's own generator and distributions: those of the standard library differ between
// its implementations, and one seed must give the same network everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace faultprint::daemon::simulation {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
// First part of a key: what is drawn for. Numbers are part of what a seed means.
enum Stream : std::uint64_t {
  kPlaces = 1,
  kCells = 2,
  kDeck = 10,
  kIncident = 11,
  kComesAndGoes = 12,
  kGap = 20,
  kRecord = 21,
  kJob = 22,
  kAreaLoad = 30,
  kReport = 31,
};

class Random {
 public:
  // A stream of its own for each key: what one cell or slot draws changes no other.
  Random(std::uint64_t seed, std::initializer_list<std::uint64_t> key);

  std::uint64_t next();
  double uniform();  // [0, 1)
  double uniform(double least, double most);
  std::size_t below(std::size_t n);  // 0..n-1; n at least 1
  bool chance(double probability);
  double normal();  // mean 0, deviation 1
  // Counts. Large means are normal, rounded: nobody sees the difference.
  double poisson(double mean);
  double binomial(double n, double probability);  // n: a whole number

 private:
  std::uint64_t state_;
};

}  // namespace faultprint::daemon::simulation
