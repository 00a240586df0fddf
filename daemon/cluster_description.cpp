#include "daemon/cluster_description.h"

#include "ingest/timestamp.h"
#include "model/known_incidents.h"

namespace faultprint::daemon {

nlohmann::ordered_json describe_clusters(const model::ReferenceClusters& clusters) {
  auto list = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < clusters.clusters().size(); ++c) {
    const model::Cluster& cluster = clusters.clusters()[c];
    auto known = nlohmann::ordered_json::array();
    for (const model::Origin& origin : model::known_incidents(cluster))
      known.push_back(
          {{"element", origin.element}, {"time", ingest::format_rfc3339(origin.time_us)}});
    list.push_back({{"label", cluster.label},
                    {"windows", cluster.windows},
                    {"incidents", cluster.incidents},
                    {"prototypes", cluster.prototypes.rows()},
                    {"radius", cluster.radius},
                    {"limit", cluster.limit},
                    {"calibration_windows", cluster.score_count},
                    {"calibration_pooled", clusters.pooled(c)},
                    {"known_incidents", known}});
  }
  return list;
}

}  // namespace faultprint::daemon
