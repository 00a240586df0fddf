// What becomes of a record on its way: it comes, comes late, in part, or never.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/simulation/network.h"
#include "daemon/simulation/options.h"

namespace faultprint::daemon::simulation {

// How many slots after its own a cell's record of a slot comes: 0 in time, -1 never. Lost records
// are half single ones, half of a whole site over four slots (its collector was away).
int delay_slots(const Options& options, const Cell& cell, int number, std::int64_t slot);

// One measurement job of the cell may have failed: its values go missing from the record.
void lose_values(const Options& options, int number, std::int64_t slot,
                 std::vector<double>& values);

}  // namespace faultprint::daemon::simulation
