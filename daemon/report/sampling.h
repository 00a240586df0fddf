// Which of many windows a picture shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace faultprint::daemon::report {

// At most `most` places of `labels`, ascending, drawn at random within each label: all of those
// labels that have few, and of the others as many of each. Negative labels are left out.
std::vector<std::size_t> balanced_sample(std::span<const int> labels, std::size_t most,
                                         std::uint64_t seed);

}  // namespace faultprint::daemon::report
