// detect() of model/evaluation.h where each score counts a whole number of times: sorted once, so
// that a thousand resamples cost a thousand passes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/evaluation.h"

namespace faultprint::model {

class WeightedDetection {
 public:
  // Of each score: whether it is a positive, and the unit by whose weight it counts.
  WeightedDetection(std::span<const double> scores, std::span<const std::uint8_t> positive,
                    std::span<const int> units);

  // weights: by unit. What detect() says with every score taken as often as its unit's weight;
  // nullopt without a positive or without a negative.
  std::optional<Detection> operator()(const std::vector<int>& weights) const;

 private:
  struct Score {
    double score;
    bool positive;
    int unit;
  };
  std::vector<Score> scores_;  // ascending
};

}  // namespace faultprint::model
