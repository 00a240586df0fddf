#include "daemon/metrics_service.h"

namespace faultprint::daemon {
namespace {

prometheus::Family<prometheus::Counter>& counter_family(prometheus::Registry& registry,
                                                        const char* metric, const char* help) {
  return prometheus::BuildCounter().Name(metric).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& gauge_family(prometheus::Registry& registry,
                                                    const char* metric, const char* help) {
  return prometheus::BuildGauge().Name(metric).Help(help).Register(registry);
}

}  // namespace

ServiceMetrics::ServiceMetrics(prometheus::Registry& registry)
    : connections(gauge_family(registry, "faultprint_http_connections",
                               "Open connections of the HTTP port.")
                      .Add({})),
      web_config(gauge_family(registry, "faultprint_web_config_last_reload_successful",
                              "1 when http.web_config_file and what it names were usable when last "
                              "looked at.")
                     .Add({})),
      output_failures(counter_family(registry, "faultprint_output_failures_total",
                                     "Writes of verdicts or alarm events that failed and are "
                                     "tried again.")
                          .Add({})),
      clock_steps(counter_family(registry, "faultprint_clock_steps_total",
                                 "Jumps of the wall clock, forwards or back.")
                      .Add({})) {
  auto& drops =
      counter_family(registry, "faultprint_http_connections_dropped_total",
                     "Connections of the HTTP port closed before they were served, by reason.");
  for (std::size_t i = 0; i < dropped.size(); ++i)
    dropped[i] = &drops.Add({{"reason", name(static_cast<HttpDrop>(i))}});
  auto& tests = gauge_family(registry, "faultprint_model_self_test",
                             "1 for the result of the newest model's self-test on this processor.");
  for (std::size_t i = 0; i < self_tests.size(); ++i)
    self_tests[i] = &tests.Add({{"result", name(static_cast<SelfTestOutcome>(i))}});
  web_config.Set(1);
}

void ServiceMetrics::self_test(SelfTestOutcome outcome) {
  for (std::size_t i = 0; i < self_tests.size(); ++i)
    self_tests[i]->Set(i == static_cast<std::size_t>(outcome) ? 1 : 0);
}

}  // namespace faultprint::daemon
