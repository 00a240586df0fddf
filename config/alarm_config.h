// The sections `alarms` and `inventory`.
#pragma once

#include "config/yaml_reader.h"

namespace faultprint::config {

// What holds where the section says nothing; period: of the stream.
AlarmConfig default_alarms(Microseconds period);
// config_file: what paths are relative to.
AlarmConfig read_alarms(const YamlNode& node, const std::string& config_file, Microseconds period);
// What is said of one section by another.
void check_folding(const YamlNode& alarms, const Config& config);
InventoryConfig read_inventory(const YamlNode& node, const std::string& config_file);

}  // namespace faultprint::config
