// What metrics tell of the daemon as a service: its HTTP port, self-test, outputs and clock.
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

  void self_test(SelfTestOutcome outcome);

  prometheus::Gauge& connections;
  std::array<prometheus::Counter*, static_cast<std::size_t>(HttpDrop::count_)> dropped{};
  prometheus::Gauge& web_config;
  std::array<prometheus::Gauge*, static_cast<std::size_t>(SelfTestOutcome::count_)> self_tests{};
  prometheus::Counter& output_failures;
  prometheus::Counter& clock_steps;
};

}  // namespace faultprint::daemon
