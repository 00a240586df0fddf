// stream.format and what it needs: stream.json or stream.record.
#pragma once

#include "config/config.h"
#include "config/yaml_reader.h"

namespace faultprint::config {

// stream: a mapping that may have format, json and record.
void read_format(const YamlMap& map, StreamConfig& stream);

// time_unit's words, in the order of TimeUnit.
extern const std::vector<std::string> kTimeUnitNames;

}  // namespace faultprint::config
