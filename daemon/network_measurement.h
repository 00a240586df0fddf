// What training measures over a whole network before it looks at windows.
#pragma once

#include "daemon/dataset.h"

namespace faultprint::daemon {

// Into `input`: mean and deviation of each KPI, and the usual tokens.
void measure_network(const config::Config& config, config::InputSpec& input, const DataFiles& files,
                     const ingest::Incidents& incidents, const Progress& progress);

// After it, where there is a daily profile: the usual day, by the very update of live use, and the
// deviation anew, of what is left without that.
void measure_profile(const config::Config& config, config::InputSpec& input, const DataFiles& files,
                     const ingest::Incidents& incidents, const Progress& progress);

}  // namespace faultprint::daemon
