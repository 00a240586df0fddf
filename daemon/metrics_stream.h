// What is to be expected of the stream: how often and how late records come, and the memory that
// its elements will take.
#pragma once

#include <prometheus/gauge.h>

#include <map>
#include <mutex>
#include <string>

#include "daemon/metrics_families.h"
#include "daemon/metrics_partitions.h"

namespace faultprint::daemon {

// References into the registry, which must outlive it.
class StreamMetrics {
 public:
  explicit StreamMetrics(prometheus::Registry& registry) : registry_(registry) {}

  // Before the first element: what the process holds now is not the elements'. Of several groups
  // the longest times count.
  void expect(double period_s, double lateness_s, double bytes_per_element,
              const std::string& group);
  void expect_workers(double bytes);  // that all workers will hold, besides elements
  void predict_memory(const PartitionGauge& elements);

 private:
  prometheus::Registry& registry_;
  prometheus::Gauge& period_ = gauge(registry_, "faultprint_stream_period_seconds",
                                     "How often an element reports: stream.period.");
  prometheus::Gauge& lateness_ = gauge(registry_, "faultprint_stream_lateness_seconds",
                                       "How late a record may come: stream.lateness.");
  prometheus::Gauge& memory_ = gauge(
      registry_, "faultprint_memory_predicted_bytes",
      "Resident memory to expect: before the first element, plus the elements' by stream.kpis "
      "and stream.window.");

  std::mutex mutex_;  // guards what follows
  double before_ = 0;
  double workers_ = 0;
  std::map<std::string, double> each_;  // bytes an element, by group
};

}  // namespace faultprint::daemon
