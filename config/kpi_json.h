// The KPIs of an input spec as JSON, and back.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "config/input_spec.h"
#include "config/spec_reader.h"

namespace faultprint::config {

nlohmann::json kpi_json(const KpiSpec& kpi);

// A spec's `kpis`. Throws ConfigError that names the member.
std::vector<KpiSpec> read_kpis(const SpecReader& reader);

}  // namespace faultprint::config
