// Reference clusters from labelled embeddings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/reference_clusters.h"

namespace faultprint::model {

struct ClusterOptions {
  int normal_prototypes = 256;
  int fault_prototypes = 64;
  int nearest = Cluster::kMostNearest;
  double radius_quantile = 0.95;  // of the distances that its own windows have
  // Normal's reach against a fault's: below 1 a window between the two is called a fault.
  double normal_reach = 1;
  // A fault's limit: this quantile of the distances (in radii) that windows of incidents kept out
  // have to it, within bounds.
  double limit_quantile = 0.95;
  double least_limit = 3;
  double greatest_limit = 4;
};

// Embeddings of one label. groups: windows of one incident, or of one stretch of normal.
struct LabelledEmbeddings {
  std::string label;
  Matrix embeddings;  // n x N, n >= 1
  std::vector<int> groups;
  std::vector<Origin> origins = {};  // of each; empty: not known
};

// The radius is told by windows of groups that did not make the prototypes (up to five folds by
// group); where there is one group alone, by its own windows.
Cluster build_cluster(const LabelledEmbeddings& data, int prototype_count,
                      const ClusterOptions& options, std::uint64_t seed);

// The limit that held-out distances (in radii) tell; the greatest where there are too few.
float limit_of(std::vector<float> held_out, const ClusterOptions& options);

// Each point's distance to the prototypes that the other folds make (n).
std::vector<float> held_out_distances(const LabelledEmbeddings& data, int prototype_count,
                                      const ClusterOptions& options, std::uint64_t seed);

}  // namespace faultprint::model
