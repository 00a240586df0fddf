// Random numbers that are the same on every machine: a seed is a world.
#pragma once

#include <cstdint>

namespace faultprint::crash {

// splitmix64 (Steele, Lea, Flood 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
  int between(int low, int high) { return low + below(high - low + 1); }  // both included
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double p) { return unit() < p; }
  // Deviation 1, within 3.5 of 0.
  double noise() { return (unit() + unit() + unit() + unit() - 2) * 1.7320508; }

 private:
  std::uint64_t state_;
};

}  // namespace faultprint::crash
