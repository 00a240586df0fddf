// How much memory an element takes.
#pragma once

#include "config/input_spec.h"

namespace faultprint::daemon {

// At most, as bench_memory holds it to: a ring of deviations, a baseline for each KPI (with a daily
// profile its swing, too), the rest.
inline double element_bytes(const config::InputSpec& input) {
  const auto cells = static_cast<double>(input.window) * static_cast<double>(input.columns());
  const double baseline = input.baseline.profile == config::DayProfile::none ? 16 : 24;
  return 1.25 * cells * sizeof(float) + baseline * static_cast<double>(input.kpis.size()) + 256;
}

}  // namespace faultprint::daemon
