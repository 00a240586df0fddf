#include "model/training_clusters.h"

#include <stdexcept>

#include "model/prototypes.h"

namespace faultprint::model {
namespace {

using Rows = std::vector<std::size_t>;

// One scale for all: with a radius of its own, a type whose labels are noisy would swallow its
// neighbours.
void share_radius(std::vector<Cluster>& clusters, double normal_reach) {
  float mean = 0;
  for (const Cluster& cluster : clusters)
    mean += cluster.radius / static_cast<float>(clusters.size());
  for (Cluster& cluster : clusters) cluster.radius = mean;
  clusters.front().radius *= static_cast<float>(normal_reach);
}

}  // namespace

std::vector<Cluster> make_clusters(const Encoder& encoder, const TrainingWindows& data,
                                   const Rows& rows, const TrainOptions& options) {
  std::vector<Cluster> clusters;
  for (int c = 0; c < data.classes(); ++c) {
    Rows own;
    for (const bool pure : {true, false}) {
      if (!own.empty()) break;
      for (const std::size_t i : rows)
        if (data.labels[i] == c && (!pure || data.pure[i] != 0)) own.push_back(i);
    }
    if (own.empty()) continue;
    LabelledEmbeddings labelled{
        data.class_names[static_cast<std::size_t>(c)], embed_rows(encoder, data.windows, own), {}};
    // Weights can be finite, and so great that what they make is not.
    if (!labelled.embeddings.allFinite())
      throw std::runtime_error(
          "the model became NaN or infinite: its embeddings of '" + labelled.label +
          "' are not finite: lower the learning rate, or use the sigmoid output");
    for (const std::size_t i : own)
      labelled.groups.push_back(group_of(data, i, options.encoder.window));
    if (c > 0) labelled.origins = origins_of(data, own);
    clusters.push_back(build_cluster(
        labelled, c == 0 ? options.clusters.normal_prototypes : options.clusters.fault_prototypes,
        options.clusters, options.seed));
  }
  share_radius(clusters, options.clusters.normal_reach);
  return clusters;
}

void calibrate_clusters(std::vector<Cluster>& clusters, const Encoder& encoder,
                        const TrainingWindows& data, const Rows& rows) {
  for (Cluster& cluster : clusters) {
    Rows own;
    for (const std::size_t i : rows)
      if (data.labels[i] >= 0 && data.pure[i] != 0 &&
          data.class_names[static_cast<std::size_t>(data.labels[i])] == cluster.label)
        own.push_back(i);
    std::vector<float> scores;
    const Eigen::VectorXf d = nearest_distance(embed_rows(encoder, data.windows, own),
                                               cluster.prototypes, cluster.nearest);
    for (Eigen::Index i = 0; i < d.size(); ++i) scores.push_back(d(i) / cluster.radius);
    set_scores(cluster, std::move(scores));
  }
}

}  // namespace faultprint::model
