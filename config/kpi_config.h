// stream.kpis.
#pragma once

#include <vector>

#include "config/config.h"
#include "config/yaml_reader.h"

namespace faultprint::config {

std::vector<KpiSpec> read_kpis(const YamlNode& node);

}  // namespace faultprint::config
