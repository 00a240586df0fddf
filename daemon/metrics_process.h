// The process's own figures under Prometheus's customary names, read from /proc/self at each
// scrape. What cannot be read is left out.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace faultprint::daemon {

double resident_bytes();  // 0 when unknown

class ProcessMetrics : public prometheus::Collectable {
 public:
  ProcessMetrics();
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  double start_time_;  // Unix seconds; 0 when unknown
};

}  // namespace faultprint::daemon
