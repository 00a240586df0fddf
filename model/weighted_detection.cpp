#include "model/weighted_detection.h"

#include <algorithm>

namespace faultprint::model {

WeightedDetection::WeightedDetection(std::span<const double> scores,
                                     std::span<const std::uint8_t> positive,
                                     std::span<const int> units) {
  for (std::size_t i = 0; i < scores.size(); ++i)
    scores_.push_back({scores[i], positive[i] != 0, units[i]});
  std::stable_sort(scores_.begin(), scores_.end(),
                   [](const Score& a, const Score& b) { return a.score < b.score; });
}

std::optional<Detection> WeightedDetection::operator()(const std::vector<int>& weights) const {
  long positives = 0;
  long negatives = 0;
  for (const Score& s : scores_)
    (s.positive ? positives : negatives) += weights[static_cast<std::size_t>(s.unit)];
  if (positives == 0 || negatives == 0) return std::nullopt;
  const long missed = positives / 20;  // 5 %, rounded down: as many may lie below the threshold
  Detection result;
  double wins = 0;
  long positives_below = 0;
  long negatives_below = 0;
  bool threshold_passed = false;
  for (std::size_t first = 0; first < scores_.size();) {
    long positives_here = 0;
    long negatives_here = 0;
    std::size_t i = first;
    for (; i < scores_.size() && scores_[i].score == scores_[first].score; ++i)
      (scores_[i].positive ? positives_here : negatives_here) +=
          weights[static_cast<std::size_t>(scores_[i].unit)];
    wins += static_cast<double>(positives_here) *
            (static_cast<double>(negatives_below) + 0.5 * static_cast<double>(negatives_here));
    if (!threshold_passed && positives_below + positives_here > missed) {
      threshold_passed = true;
      result.fpr95 =
          static_cast<double>(negatives - negatives_below) / static_cast<double>(negatives);
    }
    positives_below += positives_here;
    negatives_below += negatives_here;
    first = i;
  }
  result.auroc = wins / (static_cast<double>(positives) * static_cast<double>(negatives));
  return result;
}

}  // namespace faultprint::model
