#include "daemon/simulation/faults.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace faultprint::daemon::simulation {
namespace {

constexpr Target kOwn = Target::own;
constexpr Target kNear = Target::neighbours;
using D = Driver;

const std::vector<FaultType> kFaults = {
    {"antenna_tilt",
     "the wind or a wrong command has turned the antenna",
     Extent::cell,
     Onset::step,
     0.7,
     3,
     {{kOwn, D::demand, -0.9, -0.3},
      {kOwn, D::quality_loss, 0.8, 2.2},
      {kOwn, D::handover_failures, 0.02, 0.08},
      {kNear, D::demand, 0.08, 0.3},
      {kNear, D::quality_loss, 0.1, 0.5}}},
    {"backhaul_loss",
     "the site's link carries a fraction of its rate, or nothing",
     Extent::site,
     Onset::step,
     0.4,
     1.5,
     {{kOwn, D::backhaul_cut, 0.8, 1},
      {kOwn, D::backhaul_loss, 0.1, 0.5},
      {kOwn, D::bearer_failures, 0.3, 0.9},
      {kOwn, D::drops, 0.05, 0.3},
      {kOwn, D::demand, -1.5, -0.5},
      {kNear, D::demand, 0.2, 0.5}}},
    {"cell_outage",
     "off air; neighbours take its users over",
     Extent::cell,
     Onset::step,
     0.4,
     2.5,
     {{kOwn, D::off_air, 1, 1},
      {kNear, D::demand, 0.2, 0.6},
      {kNear, D::handover_failures, 0, 0.03}}},
    {"clock_loss",
     "the site has lost its reference and drifts out of sync",
     Extent::site,
     Onset::drift,
     1,
     3,
     {{kOwn, D::timing_error, 2500, 12000},
      {kOwn, D::handover_failures, 0.05, 0.35},
      {kOwn, D::uplink_noise, 1, 4},
      {kOwn, D::quality_loss, 0.3, 1.2},
      {kNear, D::handover_failures, 0.02, 0.1},
      {kNear, D::quality_loss, 0.1, 0.5}}},
    {"crash_loop",
     "software that crashes, starts, and crashes again",
     Extent::cell,
     Onset::intermittent,
     0.4,
     1.5,
     {{kOwn, D::restarts, 1, 4},
      {kOwn, D::off_air, 0.2, 0.7},
      {kOwn, D::cpu, 10, 40},
      {kOwn, D::drops, 0.03, 0.15},
      {kNear, D::demand, 0.05, 0.25}}},
    {"event_congestion",
     "a crowd: more users than the cells can serve",
     Extent::cell,
     Onset::surge,
     0.7,
     1.5,
     {{kOwn, D::demand, 1.2, 2.5}, {kOwn, D::signalling, 0.1, 0.4}, {kNear, D::demand, 0.3, 0.9}}},
    {"feeder_loss",
     "water or a bad connector in one of the feeders",
     Extent::cell,
     Onset::ramp,
     1,
     4,
     {{kOwn, D::imbalance, 3, 12},
      {kOwn, D::quality_loss, 0.3, 1.3},
      {kOwn, D::uplink_noise, -3, -0.5},
      {kOwn, D::drops, 0.002, 0.02},
      {kOwn, D::demand, -0.35, -0.1},
      {kNear, D::demand, 0.03, 0.12}}},
    {"licence_limit",
     "no more users than the licence allows: seen when many come",
     Extent::cell,
     Onset::step,
     1.5,
     4,
     {{kOwn, D::licence_cut, 0.45, 0.8}}},
    {"pci_confusion",
     "two cells with one identity: handovers go to the wrong one",
     Extent::cell,
     Onset::step,
     1,
     4,
     {{kOwn, D::handover_failures, 0.12, 0.5},
      {kOwn, D::drops, 0.004, 0.03},
      {kNear, D::handover_failures, 0.03, 0.15}}},
    {"power_saving_stuck",
     "the second carrier does not wake up",
     Extent::cell,
     Onset::step,
     1.5,
     4,
     {{kOwn, D::asleep, 1, 1}}},
    {"signalling_storm",
     "devices that all ask again and again; the core refuses",
     Extent::area,
     Onset::ramp,
     0.3,
     1,
     {{kOwn, D::signalling, 0.9, 2.2},
      {kOwn, D::access_failures, 0.08, 0.5},
      {kOwn, D::cpu, 15, 50}}},
    {"sleeping_cell",
     "on air, no alarm, and hardly anybody gets in",
     Extent::cell,
     Onset::step,
     0.7,
     3,
     {{kOwn, D::demand, -4, -1.8},
      {kOwn, D::access_failures, 0.1, 0.6},
      {kNear, D::demand, 0.15, 0.45}}},
    {"transport_degradation",
     "the site's backhaul delays and loses packets",
     Extent::site,
     Onset::ramp,
     0.7,
     3,
     {{kOwn, D::backhaul_delay, 0.7, 2.2},
      {kOwn, D::backhaul_loss, 0.002, 0.03},
      {kOwn, D::backhaul_cut, 0.1, 0.6},
      {kOwn, D::bearer_failures, 0.005, 0.05}}},
    {"uplink_interference",
     "a foreign transmitter in the band",
     Extent::cell,
     Onset::intermittent,
     0.7,
     3,
     {{kOwn, D::uplink_noise, 5, 18},
      {kOwn, D::access_failures, 0.02, 0.25},
      {kOwn, D::drops, 0.005, 0.06},
      {kNear, D::uplink_noise, 1, 5}}},
};

}  // namespace

bool FaultType::reaches_neighbours() const {
  return std::any_of(effects.begin(), effects.end(),
                     [](const Effect& effect) { return effect.target == Target::neighbours; });
}

const std::vector<FaultType>& fault_types() { return kFaults; }

std::vector<const FaultType*> fault_types(const std::vector<std::string>& names) {
  std::string there_are;
  for (const FaultType& type : kFaults)
    there_are += (there_are.empty() ? "" : ", ") + std::string(type.name);
  for (const std::string& name : names)
    if (std::none_of(kFaults.begin(), kFaults.end(), [&](const auto& t) { return t.name == name; }))
      throw std::runtime_error("--faults: '" + name + "' is no fault type; there are " + there_are);
  std::vector<const FaultType*> chosen;
  for (const FaultType& type : kFaults)
    if (names.empty() || std::find(names.begin(), names.end(), type.name) != names.end())
      chosen.push_back(&type);
  return chosen;
}

double strength(Onset onset, double place, double ramp, bool on) {
  switch (onset) {
    case Onset::step:
      return 1;
    case Onset::ramp:
      return std::min(1.0, place / ramp);
    case Onset::drift:
      return place;
    case Onset::surge:
      return std::sqrt(std::sin(std::numbers::pi * place));
    case Onset::intermittent:
      return on ? 1 : 0.1;
  }
  return 0;
}

}  // namespace faultprint::daemon::simulation
