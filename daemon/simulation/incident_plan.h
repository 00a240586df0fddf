// Which fault strikes whom and when: incidents of all types in turn, spread over the time, never
// two on one cell within a window of each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/simulation/condition.h"
#include "daemon/simulation/faults.h"
#include "daemon/simulation/network.h"
#include "daemon/simulation/options.h"

namespace faultprint::daemon::simulation {

struct StruckCell {
  int cell;
  bool own;       // else a neighbour
  double weight;  // of the effects there
};

struct PlannedIncident {
  const FaultType* type = nullptr;
  std::uint64_t number = 0;
  std::int64_t first_slot = 0;
  std::int64_t end_slot = 0;  // exclusive
  std::string element;        // the label's: a cell's name, or the glob of its site or area
  std::vector<StruckCell> cells;
  std::vector<double> sizes;  // of the type's effects
  double ramp = 0;            // share of its length in which a ramp grows

  // What it adds in a slot to the condition of one of its cells.
  void strike(const StruckCell& where, std::int64_t slot, std::uint64_t seed,
              Condition& condition) const;
};

struct IncidentPlan {
  std::vector<PlannedIncident> incidents;  // by first slot
  std::size_t wanted = 0;                  // more than there are where the network is too full
};

// Elements are whole for a baseline's start and a window before the first incident; none reaches
// from the training part into the held-out one. Throws std::runtime_error where incidents are
// wanted and there is no room.
IncidentPlan plan_incidents(const Network& network, const Options& options);

}  // namespace faultprint::daemon::simulation
