// Draws that are the same with every standard library: std::mt19937_64 is fixed by the standard,
// its distributions are not.
#pragma once

#include <cstddef>
#include <random>

namespace faultprint::model {

// Uniform in [0, 1), 53 bits.
inline double draw_unit(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

// Uniform in 0 .. count-1; count at least 1.
inline std::size_t draw_below(std::mt19937_64& random, std::size_t count) {
  return static_cast<std::size_t>(draw_unit(random) * static_cast<double>(count));
}

}  // namespace faultprint::model
