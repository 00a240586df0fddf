// A cluster's origins in a model file's header.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "model/reference_clusters.h"

namespace faultprint::model {

// Into the cluster's entry: each origin once, and which of them is each prototype's; nothing where
// none is known.
void put_origins(const Cluster& cluster, nlohmann::json& entry);

// One for each prototype; none where the file has none, as older ones. std::invalid_argument or
// nlohmann's own exception where they cannot be.
std::vector<Origin> get_origins(const nlohmann::json& entry);

}  // namespace faultprint::model
