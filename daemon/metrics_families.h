// Metrics of a registry, made in a line each.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <string>

#include "daemon/inventory.h"

namespace faultprint::daemon {

inline prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry,
                                                         const char* metric, const char* help) {
  return prometheus::BuildCounter().Name(metric).Help(help).Register(registry);
}
inline prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry,
                                                     const char* metric, const char* help) {
  return prometheus::BuildGauge().Name(metric).Help(help).Register(registry);
}
inline prometheus::Counter& counter(prometheus::Registry& registry, const char* metric,
                                    const char* help) {
  return counters(registry, metric, help).Add({});
}
inline prometheus::Gauge& gauge(prometheus::Registry& registry, const char* metric,
                                const char* help) {
  return gauges(registry, metric, help).Add({});
}

// The same of one group of elements; "": there are none.
inline std::map<std::string, std::string> with_group(std::map<std::string, std::string> labels,
                                                     const std::string& group) {
  if (!group.empty()) labels.emplace(kGroupLabel, group);
  return labels;
}

}  // namespace faultprint::daemon
