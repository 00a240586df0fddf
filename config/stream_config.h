// The `stream` section: how records become windows.
#pragma once

#include "config/config.h"
#include "config/yaml_reader.h"

namespace faultprint::config {

StreamConfig read_stream(const YamlNode& node);

}  // namespace faultprint::config
