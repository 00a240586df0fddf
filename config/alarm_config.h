// The sections `alarms` and `inventory`.
#pragma once

#include "config/yaml_reader.h"

namespace faultprint::config {

// What holds where the section says nothing; period: of the stream.
AlarmConfig default_alarms(Microseconds period);
// What it says of the inventory is checked. config_file: what paths are relative to.
AlarmConfig read_alarms(const YamlNode& node, const AlarmConfig& defaults,
                        const InventoryConfig& inventory, const std::string& config_file);
// config_file: what paths are relative to.
InventoryConfig read_inventory(const YamlNode& node, const std::string& config_file);

}  // namespace faultprint::config
