// Metrics of a registry, made in a line each.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

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

}  // namespace faultprint::daemon
