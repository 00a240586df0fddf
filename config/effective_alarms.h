// The sections `alarms` and `inventory` of what check-config prints.
#pragma once

#include "config/config.h"
#include "config/yaml_writer.h"

namespace faultprint::config {

void write_alarms(YamlWriter& out, const AlarmConfig& alarms);
void write_inventory(YamlWriter& out, const InventoryConfig& inventory);

}  // namespace faultprint::config
