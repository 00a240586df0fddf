// The sections `alarms` and `inventory`.
#pragma once

#include "config/yaml_reader.h"

namespace faultprint::config {

// What holds where the section says nothing; period: of the stream.
AlarmConfig default_alarms(Microseconds period);
// Of a configuration whose other sections are read: its defaults stand in group.alarms, and what
// `alarms` says of the inventory is checked.
AlarmConfig read_alarms(const YamlNode& node, const Config& config);
// config_file: what paths are relative to.
InventoryConfig read_inventory(const YamlNode& node, const std::string& config_file);

}  // namespace faultprint::config
