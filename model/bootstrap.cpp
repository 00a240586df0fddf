#include "model/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "model/draws.h"

namespace faultprint::model {

StratifiedBootstrap::StratifiedBootstrap(const std::vector<int>& strata, std::uint64_t seed)
    : counts_(strata.size()), random_(seed) {
  std::map<int, std::vector<std::size_t>> by_stratum;
  for (std::size_t i = 0; i < strata.size(); ++i) by_stratum[strata[i]].push_back(i);
  for (auto& [stratum, units] : by_stratum) units_.push_back(std::move(units));
}

const std::vector<int>& StratifiedBootstrap::next() {
  std::fill(counts_.begin(), counts_.end(), 0);
  for (const auto& units : units_)
    for (std::size_t i = 0; i < units.size(); ++i)
      ++counts_[units[draw_below(random_, units.size())]];
  return counts_;
}

std::optional<Interval> percentile_interval(std::vector<double> values, double level) {
  const std::size_t all = values.size();
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }),
               values.end());
  if (values.empty() || values.size() * 2 < all) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  // The smallest values with at least (1 - level) / 2, and 1 less that, of all at or below them.
  const auto at = [&](double share) {
    const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(share * n - 1e-9)));
    return values[std::min(rank, values.size()) - 1];
  };
  return Interval{at((1 - level) / 2), at((1 + level) / 2)};
}

}  // namespace faultprint::model
