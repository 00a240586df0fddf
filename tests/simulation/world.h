// A world: a seed says what is reported, which processes there are, and all that happens to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/stage.h"

namespace faultprint::crash {

struct WorldResult {
  std::vector<std::string> wrong;  // empty: all was as in the undisturbed run
  std::vector<std::string> trace;
  Counts counts{};
};

WorldResult run_world(std::uint64_t seed, bool traced);

}  // namespace faultprint::crash
