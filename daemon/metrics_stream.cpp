#include "daemon/metrics_stream.h"

#include <algorithm>

#include "daemon/metrics_process.h"

namespace faultprint::daemon {

void StreamMetrics::expect(double period_s, double lateness_s, double bytes_per_element,
                           const std::string& group) {
  const std::lock_guard lock(mutex_);
  const bool first = each_.empty() || each_.contains(group);
  period_.Set(first ? period_s : std::max(period_s, period_.Value()));
  lateness_.Set(first ? lateness_s : std::max(lateness_s, lateness_.Value()));
  if (first) {
    before_ = resident_bytes();
    workers_ = 0;
    each_.clear();
  }
  each_[group] = bytes_per_element;
}

void StreamMetrics::expect_workers(double bytes) {
  const std::lock_guard lock(mutex_);
  workers_ = bytes;
}

void StreamMetrics::predict_memory(const PartitionGauge& elements) {
  const std::lock_guard lock(mutex_);
  double bytes = before_ + workers_;
  for (const auto& [group, each] : each_) bytes += each * elements.sum(group);
  memory_.Set(bytes);
}

}  // namespace faultprint::daemon
