// What an incidents file says of a simulation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/simulation/incident_plan.h"
#include "daemon/simulation/network.h"

namespace faultprint::daemon::simulation {

// CSV rows for an incidents file, of those that begin in [from, to) (slots), by time: the fault on
// what it struck, `ignore` on neighbours that feel it.
std::vector<std::string> label_rows(const IncidentPlan& plan, const Network& network,
                                    config::Microseconds period, std::int64_t from,
                                    std::int64_t to);

}  // namespace faultprint::daemon::simulation
