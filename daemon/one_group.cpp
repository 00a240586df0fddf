#include "config/key_lines.h"
#include "daemon/command_options.h"

namespace faultprint::daemon {

config::Config one_group(const config::Config& config, const std::string& name) {
  std::string names;
  for (const config::GroupConfig& group : config.groups) {
    const bool only = name.empty() && config.groups.size() == 1;
    if (only || (group.name == name && config.has_groups())) return config.of_group(group);
    names += (names.empty() ? "" : ", ") + group.name;
  }
  if (!config.has_groups())
    throw config::error_at(config, "groups", "there are none, and so no " + name);
  throw config::error_at(config, "groups",
                         name.empty() ? "which is meant? --group NAME, one of " + names
                                      : "there is no " + name + ", only " + names);
}

}  // namespace faultprint::daemon
