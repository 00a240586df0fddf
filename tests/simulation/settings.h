// What worlds are configured with: a few streams of three KPIs, and for each the regimes that
// reloads change between.
#pragma once

#include <vector>

#include "config/config.h"
#include "daemon/alarm_plans.h"
#include "daemon/loaded_model.h"
#include "daemon/worker_group.h"

namespace faultprint::crash {

// What a reload changes.
struct Regime {
  daemon::ModelPointer model;
  config::AlarmConfig alarms;
  daemon::AlarmPlans plans;
};

struct Setting {
  // The first ones differ in the model and in what raises and clears; the others in rules beside.
  static constexpr int kPlainRegimes = 6;
  config::Config config;
  std::vector<Regime> regimes;
  std::vector<Regime> second;  // of the second group of elements, where there is one; as many

  std::vector<daemon::GroupRules> rules_of(int regime) const;
};

const std::vector<Setting>& settings();

}  // namespace faultprint::crash
