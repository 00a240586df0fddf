// Why an alarm is what it is, by the window of its event.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/verdict.h"

namespace faultprint::daemon {

struct Explanation {
  struct Incident {  // a known one
    std::string fault_type;
    std::string element;
    std::int64_t time_us = 0;  // when it began
    double distance = 0;       // in radii
  };

  std::vector<KpiEvidence> kpis;  // those that moved most
  // The nearest first; none where the model file does not say what its references come from.
  std::vector<Incident> nearest;
  // As of the verdict's line: of the nearest cluster, and the second nearest (of a verdict unknown
  // the nearest); "" where there is none.
  double distance = 0;
  double p_value = 1;
  std::string runner_up;
  double runner_up_distance = 0;
};

// Back from a KPI's scale to its own unit.
double in_own_unit(double x, config::KpiScale scale);

// window: T x columns; seen: as of ingest::Batch, or empty.
Explanation explain(const Verdict& verdict, std::span<const float> window,
                    std::span<const float> seen, const LoadedModel& model);

}  // namespace faultprint::daemon
