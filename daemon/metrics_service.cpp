#include "daemon/metrics_service.h"

#include "daemon/metrics_families.h"

namespace faultprint::daemon {

ServiceMetrics::ServiceMetrics(prometheus::Registry& registry)
    : ServiceMetrics(registry, counters(registry, "faultprint_control_records_total",
                                        "Records of kafka.control_topic, by result.")) {}

ServiceMetrics::ServiceMetrics(prometheus::Registry& registry,
                               prometheus::Family<prometheus::Counter>& control_records)
    : connections(
          gauges(registry, "faultprint_http_connections", "Open connections of the HTTP port.")
              .Add({})),
      web_config(gauges(registry, "faultprint_web_config_last_reload_successful",
                        "1 when http.web_config_file and what it names were usable when last "
                        "looked at.")
                     .Add({})),
      output_failures(counters(registry, "faultprint_output_failures_total",
                               "Writes of verdicts or alarm events that failed and are "
                               "tried again.")
                          .Add({})),
      clock_steps(counters(registry, "faultprint_clock_steps_total",
                           "Jumps of the wall clock, forwards or back.")
                      .Add({})),
      in_several_partitions(gauges(registry, "faultprint_elements_in_several_partitions",
                                   "Elements that more than one partition of this daemon has.")
                                .Add({})),
      control_taken(control_records.Add({{"result", "taken"}})),
      control_refused(control_records.Add({{"result", "refused"}})) {
  auto& drops = counters(registry, "faultprint_http_connections_dropped_total",
                         "Connections of the HTTP port closed before they were served, by reason.");
  for (std::size_t i = 0; i < dropped.size(); ++i)
    dropped[i] = &drops.Add({{"reason", name(static_cast<HttpDrop>(i))}});
  auto& tests = gauges(registry, "faultprint_model_self_test",
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
