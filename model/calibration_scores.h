// Scores of a calibration sample, as split conformal needs them: how many were at least s?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace faultprint::model {

// Sorts `scores`, and thins them to at most `most`: of those kept, the highest quarter are the
// highest of all; the others stand evenly for the rest. Returns how many there were.
std::int64_t thin_scores(std::vector<float>& scores, std::size_t most);

// How many of `count` scores were >= s, by what thin_scores kept of them: exact among the highest,
// by proportion below, and all of them at or below the lowest.
double count_at_least(std::span<const float> kept, std::int64_t count, float s);

// The score that `above` of `count` exceed; the lowest where fewer lie below it. kept: not empty.
float score_below(std::span<const float> kept, std::int64_t count, double above);

}  // namespace faultprint::model
