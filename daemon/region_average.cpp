#include "daemon/region_average.h"

namespace faultprint::daemon {

bool RegionAverage::add(int region, std::int64_t slot, std::span<const float> embedding) {
  if (slot < emitted_before_) return false;
  Sum& sum = open_[slot][region];
  sum.values.resize(width_);
  for (std::size_t i = 0; i < width_; ++i) sum.values[i] += static_cast<double>(embedding[i]);
  ++sum.elements;
  if (open_.begin()->first < open_.rbegin()->first - hold_)
    emit_before(open_.rbegin()->first - hold_);
  return true;
}

void RegionAverage::flush() { emit_before(INT64_MAX); }

void RegionAverage::emit_before(std::int64_t slot) {
  while (!open_.empty() && open_.begin()->first < slot) {
    for (const auto& [region, sum] : open_.begin()->second) {
      mean_.clear();
      for (const double value : sum.values)
        mean_.push_back(static_cast<float>(value / static_cast<double>(sum.elements)));
      sink_(region, open_.begin()->first, mean_);
    }
    open_.erase(open_.begin());
  }
  emitted_before_ = slot;
}

}  // namespace faultprint::daemon
