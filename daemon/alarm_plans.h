// What operators say beside the stream: planned work, labels of elements, and which are to learn
// anew.
#pragma once

#include <memory>
#include <vector>

#include "config/config.h"
#include "daemon/inventory.h"
#include "daemon/maintenance.h"
#include "ingest/relearn.h"

namespace faultprint::daemon {

struct AlarmPlans {
  std::shared_ptr<const Maintenance> maintenance = {};  // null: none is configured
  std::shared_ptr<const Inventory> inventory = {};      // null: none is configured
  std::shared_ptr<const ingest::Relearn> relearn = {};  // null: none is configured

  bool operator==(const AlarmPlans&) const = default;  // the same objects
};

// Reads the files that the configuration names. config::ConfigError "CONFIG:line: key: FILE:line:
// ..."
// config: of one group.
AlarmPlans read_plans(const config::Config& config);
// Of each group; they share the inventory.
std::vector<AlarmPlans> read_plans_of_groups(const config::Config& config);

}  // namespace faultprint::daemon
