// How many alarms there were, by what became of them. Those that are up now: AlarmMetrics.
#pragma once

#include <string>

#include "daemon/metrics_alarms.h"
#include "daemon/metrics_families.h"

namespace faultprint::daemon {

// References into the registry, which must outlive it, as must `names`, which bounds fault types.
class AlarmCounts {
 public:
  AlarmCounts(prometheus::Registry& registry, AlarmMetrics& names)
      : registry_(registry), names_(names) {
    for (const char* type : {"unknown", "group", "silent"}) of_type(type);
  }

  // Counted from zero from now on, so that the first one is an increase.
  prometheus::Counter& of_type(const std::string& fault_type, const std::string& group = "") {
    return raised_.Add(with_group({{"fault_type", names_.bounded_fault_type(fault_type)}}, group));
  }

 private:
  prometheus::Registry& registry_;
  AlarmMetrics& names_;
  prometheus::Family<prometheus::Counter>& raised_ = counters(
      registry_, "faultprint_alarms_raised_total", "Alarms raised, by fault type at the raise.");

 public:
  prometheus::Counter& cleared =
      counter(registry_, "faultprint_alarms_cleared_total", "Alarms cleared.");
  prometheus::Counter& withheld =
      counter(registry_, "faultprint_alarms_withheld_total",
              "Alarms not raised because of planned work (maintenance).");
  prometheus::Counter& flapping =
      counter(registry_, "faultprint_alarms_flapping_total",
              "Alarms raised over and over, and held up as one from then on (alarms.flapping).");
  prometheus::Counter& folded =
      counter(registry_, "faultprint_alarms_folded_total",
              "Alarms raised without a series of their own: their group's alarm has one "
              "(alarms.folding).");
  prometheus::Counter& late =
      counter(registry_, "faultprint_alarms_late_total",
              "Alarms older than alarms.max_age when told: events, no series.");
};

}  // namespace faultprint::daemon
