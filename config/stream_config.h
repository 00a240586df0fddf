// The `stream` section: how records become windows.
#pragma once

#include "config/config.h"
#include "config/yaml_reader.h"

namespace faultprint::config {

StreamConfig read_stream(const YamlNode& node);

// time_unit's words, in the order of TimeUnit.
extern const std::vector<std::string> kTimeUnitNames;

}  // namespace faultprint::config
