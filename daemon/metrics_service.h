// What metrics tell of the daemon as a service: its HTTP port, self-test, outputs and clock, its
// control topic, and what its workers have in common.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>

#include "daemon/metrics.h"

namespace faultprint::daemon {

// References into the registry, which must outlive it.
struct ServiceMetrics {
  explicit ServiceMetrics(prometheus::Registry& registry);
  ServiceMetrics(prometheus::Registry& registry,
                 prometheus::Family<prometheus::Counter>& control_records);

  void self_test(SelfTestOutcome outcome);

  prometheus::Gauge& connections;
  std::array<prometheus::Counter*, static_cast<std::size_t>(HttpDrop::count_)> dropped{};
  prometheus::Gauge& web_config;
  std::array<prometheus::Gauge*, static_cast<std::size_t>(SelfTestOutcome::count_)> self_tests{};
  prometheus::Counter& output_failures;
  prometheus::Counter& clock_steps;
  prometheus::Gauge& in_several_partitions;  // elements
  prometheus::Counter& control_taken;
  prometheus::Counter& control_refused;
};

}  // namespace faultprint::daemon
