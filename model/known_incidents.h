// The incidents that reference clusters were made of, and which of them an embedding is nearest to.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/origin.h"
#include "model/reference_clusters.h"

namespace faultprint::model {

struct KnownIncident {
  int cluster = 0;
  Origin origin;
  float distance = 0;  // to the nearest prototype taken from it, in the cluster's radii
};

// Each once, in the order of the prototypes; none where the file does not say.
std::vector<Origin> known_incidents(const Cluster& cluster);

// At most `most`, the nearest first. embedding: N values.
std::vector<KnownIncident> nearest_incidents(const ReferenceClusters& clusters,
                                             std::span<const float> embedding, std::size_t most);

}  // namespace faultprint::model
