// The fault types, as a table: where each strikes, what it does there and to the neighbours, how it
// sets in, how long it lasts.
#pragma once

#include <string>
#include <vector>

#include "daemon/simulation/condition.h"

namespace faultprint::daemon::simulation {

enum class Extent { cell, site, area };  // what a fault of the type strikes, and its label covers
enum class Target { own, neighbours };   // of an effect: the cells struck, or those around them
enum class Onset {
  step,
  ramp,          // grows over the first third or so
  drift,         // grows until the end
  surge,         // rises and falls
  intermittent,  // comes and goes
};

// Its size in an incident lies between least and most; sizes of one incident go together.
struct Effect {
  Target target;
  Driver driver;
  double least;
  double most;
};

struct FaultType {
  const char* name;
  const char* meaning;
  Extent extent;
  Onset onset;
  double shortest;  // in typical lengths (SimulationOptions::length)
  double longest;
  std::vector<Effect> effects;

  bool reaches_neighbours() const;
};

const std::vector<FaultType>& fault_types();

// Those named, in the table's order; all for an empty list. Throws std::runtime_error that names
// what is no fault type, and those there are.
std::vector<const FaultType*> fault_types(const std::vector<std::string>& names);

// How much of an effect's size is felt. place: (0, 1) of the incident's length that has passed;
// ramp: the share of it in which a ramp grows; on: of an intermittent one, whether it is there now.
double strength(Onset onset, double place, double ramp, bool on);

}  // namespace faultprint::daemon::simulation
