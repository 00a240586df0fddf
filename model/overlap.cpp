#include "model/overlap.h"

#include <cstdio>

#include "model/prototypes.h"

namespace faultprint::model {

void find_overlap(const std::vector<Cluster>& clusters, const Matrix& embeddings,
                  EnrolledType& type) {
  for (const Cluster& other : clusters) {
    if (other.label == "normal" || other.label == type.label) continue;
    const Eigen::ArrayXf d =
        nearest_distance(embeddings, other.prototypes, other.nearest).array() / other.radius;
    const double share = static_cast<double>((d < 1).count()) / static_cast<double>(d.size());
    if (share <= type.overlap) continue;
    type.overlap = share;
    type.overlaps = other.label;
  }
}

void warn_of_overlap(const EnrolledType& type, std::vector<std::string>& warnings) {
  if (type.overlap < 0.5) return;
  char percent[16];
  std::snprintf(percent, sizeof percent, "%.0f %%", 100 * type.overlap);
  warnings.push_back("W_SITS_ON_ANOTHER: " + std::string(percent) + " of the windows of '" +
                     type.label + "' look like '" + type.overlaps +
                     "': the two will be taken for each other. If they are one fault, enrol the "
                     "incidents as '" +
                     type.overlaps + "'");
}

}  // namespace faultprint::model
