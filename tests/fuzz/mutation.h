// Inputs made of others by a seed alone: what libFuzzer does without its feedback, for builds that
// have no clang.
#pragma once

#include <cstdint>
#include <string>

namespace faultprint::fuzz {

// other: of the same corpus, spliced in.
std::string mutated(std::string input, const std::string& other, std::uint64_t seed);

}  // namespace faultprint::fuzz
