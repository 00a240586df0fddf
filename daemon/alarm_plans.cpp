#include "daemon/alarm_plans.h"

#include "config/key_lines.h"
#include "daemon/relearn_file.h"

namespace faultprint::daemon {
namespace {

template <typename Read>
auto named_in(const config::Config& config, const char* key, Read read) {
  try {
    return read();
  } catch (const std::runtime_error& e) {
    throw config::error_at(config, key, e.what());
  }
}

}  // namespace

AlarmPlans read_plans(const config::Config& config) {
  AlarmPlans plans;
  if (const std::string& file = config.group().alarms.maintenance; !file.empty())
    plans.maintenance =
        named_in(config, "alarms.maintenance", [&] { return Maintenance::read(file); });
  if (const std::string& file = config.group().alarms.relearn; !file.empty())
    plans.relearn = named_in(config, "alarms.relearn", [&] {
      if (config.group().stream.baseline.none)
        throw std::runtime_error("stream.baseline is none: there is nothing to learn anew");
      return read_relearn(file, config.group().stream.period);
    });
  if (!config.inventory.file.empty())
    plans.inventory =
        named_in(config, "inventory.file", [&] { return Inventory::read(config.inventory); });
  return plans;
}

std::vector<AlarmPlans> read_plans_of_groups(const config::Config& config) {
  std::vector<AlarmPlans> all;
  for (const config::GroupConfig& group : config.groups) {
    config::Config one = config.of_group(group);
    if (!all.empty()) one.inventory.file.clear();
    all.push_back(read_plans(one));
    all.back().inventory = all.front().inventory;
  }
  return all;
}

}  // namespace faultprint::daemon
