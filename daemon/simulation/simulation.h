// A network of cells that never was: its records in the order in which they arrive, and its
// incidents. For tests, sizing and trying things out; how well faults are named is claimed on real
// data alone.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "daemon/history_record.h"
#include "daemon/simulation/cell_model.h"
#include "daemon/simulation/condition.h"
#include "daemon/simulation/incident_plan.h"
#include "daemon/simulation/network.h"
#include "daemon/simulation/options.h"

namespace faultprint::daemon::simulation {

class Simulation {
 public:
  // Throws std::runtime_error where the options leave no room for incidents.
  explicit Simulation(Options options);

  // False at the end. Late records come after those of later slots.
  bool next(HistoryRecord& record);

  const Options& options() const { return options_; }
  const Network& network() const { return network_; }
  const IncidentPlan& plan() const { return plan_; }
  std::size_t records() const;  // that would come if none were lost
  double progress() const;      // share of the time that has passed, 0..1

 private:
  void simulate_slot();
  void strike();
  void send(int cell, std::vector<double> values);

  Options options_;
  Network network_;
  IncidentPlan plan_;
  std::int64_t slot_;  // the next one
  std::vector<CellModel> models_;
  std::vector<SlowNoise> area_noise_;
  std::vector<Condition> conditions_;
  std::vector<const PlannedIncident*> active_;
  std::size_t begun_ = 0;  // incidents of the plan
  std::vector<HistoryRecord> arrived_;
  std::size_t given_out_ = 0;                                // of arrived_
  std::map<std::int64_t, std::vector<HistoryRecord>> late_;  // by the slot they come after
};

}  // namespace faultprint::daemon::simulation
