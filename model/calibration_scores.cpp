#include "model/calibration_scores.h"

#include <algorithm>
#include <cmath>

namespace faultprint::model {
namespace {

constexpr std::size_t kExactShare = 4;  // one in so many is of the highest

}  // namespace

std::int64_t thin_scores(std::vector<float>& scores, std::size_t most) {
  std::sort(scores.begin(), scores.end());
  const auto count = static_cast<std::int64_t>(scores.size());
  if (scores.size() <= most) return count;
  const std::size_t exact = most / kExactShare;
  const std::size_t rest = scores.size() - exact;
  std::vector<float> kept;
  for (std::size_t i = 0; i < most - exact; ++i) kept.push_back(scores[i * rest / (most - exact)]);
  kept.insert(kept.end(), scores.end() - static_cast<std::ptrdiff_t>(exact), scores.end());
  scores = std::move(kept);
  return count;
}

double count_at_least(std::span<const float> kept, std::int64_t count, float s) {
  if (kept.empty() || s > kept.back()) return 0;  // as for most clusters of most windows
  const auto above =
      static_cast<double>(kept.end() - std::lower_bound(kept.begin(), kept.end(), s));
  const auto m = static_cast<double>(kept.size());
  const double exact = std::floor(m / static_cast<double>(kExactShare));
  const auto all = static_cast<double>(count);
  if (above <= exact || all <= m) return above;
  return exact + (above - exact) * (all - exact) / (m - exact);
}

float score_below(std::span<const float> kept, std::int64_t count, double above) {
  const auto m = static_cast<double>(kept.size());
  const double exact = std::floor(m / static_cast<double>(kExactShare));
  const auto all = static_cast<double>(count);
  if (above > exact && all > m) above = exact + (above - exact) * (m - exact) / (all - exact);
  const auto from_top = static_cast<std::size_t>(std::max(0.0, above));
  return kept[kept.size() - 1 - std::min(from_top, kept.size() - 1)];
}

}  // namespace faultprint::model
