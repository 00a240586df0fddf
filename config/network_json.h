// What training measured over the network, in an input spec's JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "config/input_spec.h"
#include "config/spec_reader.h"

namespace faultprint::config {

// Throws ConfigError for a figure that is not finite.
nlohmann::json network_json(const NetworkKpi& kpi);

// A spec's `network`: an entry for each of `kpis` that are numbers, or none before training; with
// `knots` above 0 an entry may hold a usual day of so many. Throws ConfigError that names the
// member.
std::vector<NetworkKpi> read_network(const SpecReader& reader, std::size_t kpis, std::size_t knots);

// A spec's `usual`: for each of `kpis`, states and texts, the tokens that are usual, ascending.
std::vector<std::vector<int>> read_usual(const SpecReader& reader,
                                         const std::vector<KpiSpec>& kpis);

}  // namespace faultprint::config
