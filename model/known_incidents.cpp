#include "model/known_incidents.h"

#include <algorithm>
#include <cmath>

namespace faultprint::model {
namespace {

// Where that origin stands; the end where it does not.
std::vector<KnownIncident>::iterator place_of(std::vector<KnownIncident>& incidents,
                                              const Origin& origin) {
  return std::find_if(incidents.begin(), incidents.end(),
                      [&](const KnownIncident& known) { return known.origin == origin; });
}

std::vector<KnownIncident> distances_to(const Cluster& cluster, int number,
                                        std::span<const float> embedding) {
  const Eigen::Map<const Eigen::RowVectorXf> point(embedding.data(),
                                                   static_cast<Eigen::Index>(embedding.size()));
  std::vector<KnownIncident> incidents;
  for (std::size_t i = 0; i < cluster.origins.size(); ++i) {
    const Origin& origin = cluster.origins[i];
    if (origin.element.empty()) continue;
    const float distance =
        (cluster.prototypes.row(static_cast<Eigen::Index>(i)) - point).norm() / cluster.radius;
    const auto known = place_of(incidents, origin);
    if (known == incidents.end())
      incidents.push_back({number, origin, distance});
    else
      known->distance = std::min(known->distance, distance);
  }
  return incidents;
}

}  // namespace

std::vector<Origin> known_incidents(const Cluster& cluster) {
  std::vector<Origin> distinct;
  for (const Origin& origin : cluster.origins)
    if (!origin.element.empty() &&
        std::find(distinct.begin(), distinct.end(), origin) == distinct.end())
      distinct.push_back(origin);
  return distinct;
}

std::vector<KnownIncident> nearest_incidents(const ReferenceClusters& clusters,
                                             std::span<const float> embedding, std::size_t most) {
  std::vector<KnownIncident> all;
  for (std::size_t c = 0; c < clusters.clusters().size(); ++c) {
    auto of_one = distances_to(clusters.clusters()[c], static_cast<int>(c), embedding);
    all.insert(all.end(), of_one.begin(), of_one.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.distance < b.distance; });
  if (all.size() > most) all.resize(most);
  return all;
}

}  // namespace faultprint::model
