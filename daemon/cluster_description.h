// A model's reference clusters as JSON, for `inspect` and for the API.
#pragma once

#include <nlohmann/json.hpp>

#include "model/reference_clusters.h"

namespace faultprint::daemon {

nlohmann::ordered_json describe_clusters(const model::ReferenceClusters& clusters);

}  // namespace faultprint::daemon
