// The sections `alarms` and `inventory`.
#pragma once

#include "config/yaml_reader.h"

namespace faultprint::config {

// config_file: what paths are relative to.
AlarmConfig read_alarms(const YamlNode& node, const std::string& config_file);
InventoryConfig read_inventory(const YamlNode& node, const std::string& config_file);

}  // namespace faultprint::config
