// Of which kind a KPI is believed to be, and why.
#pragma once

#include <string>

#include "config/input_spec.h"
#include "daemon/probe/kpi_series.h"

namespace faultprint::daemon::probe {

struct KpiBelief {
  config::KpiSpec spec;
  bool used = true;   // false: left out
  std::string why;    // the evidence; where it is left out, the reason
  std::string doubt;  // what speaks against it; may be empty
};

KpiBelief believe(const KpiSeries& series);

}  // namespace faultprint::daemon::probe
