// What moves a cell's KPIs away from the usual, in the world's terms and not the KPIs': faults act
// here, and the KPIs follow (cell_model.h), so that one cause shows in many of them.
#pragma once

#include <array>
#include <cstddef>

namespace faultprint::daemon::simulation {

enum class Driver {
  demand,             // log factor on the users who want service
  signalling,         // log factor on connections asked for, by user
  off_air,            // share of the slot in which the cell does not send
  quality_loss,       // of the downlink, in steps of CQI
  uplink_noise,       // dB
  imbalance,          // dB between receivers
  access_failures,    // share of connections refused or lost at setup
  bearer_failures,    // share of bearers that cannot be set up
  drops,              // share of bearers lost
  handover_failures,  // share
  licence_cut,        // share of the busy hour's users that the licence does not allow
  backhaul_cut,       // share of the backhaul's rate that is gone
  backhaul_delay,     // log factor
  backhaul_loss,      // share of packets
  timing_error,       // ns
  cpu,                // percentage points
  restarts,           // in each slot
  asleep,             // 1: the second carrier sleeps whatever the load
  count
};

class Condition {
 public:
  double operator[](Driver driver) const { return amounts_[static_cast<std::size_t>(driver)]; }
  void add(Driver driver, double amount) { amounts_[static_cast<std::size_t>(driver)] += amount; }

 private:
  std::array<double, static_cast<std::size_t>(Driver::count)> amounts_{};
};

}  // namespace faultprint::daemon::simulation
