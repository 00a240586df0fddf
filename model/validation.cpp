#include "model/validation.h"

#include <algorithm>

#include "model/evaluation.h"
#include "model/training_clusters.h"

namespace faultprint::model {

Validation validate(const Encoder& encoder, const TrainingWindows& data, const Split& split,
                    const TrainOptions& options) {
  Validation result;
  result.clusters = make_clusters(encoder, data, split.training, options);
  const ReferenceClusters references(result.clusters, options.alpha, options.encoder.width());
  std::vector<int> cluster_class;
  for (const Cluster& cluster : result.clusters)
    cluster_class.push_back(static_cast<int>(
        std::find(data.class_names.begin(), data.class_names.end(), cluster.label) -
        data.class_names.begin()));
  Matrix distances;
  std::vector<Match> matches;
  references.match(embed_rows(encoder, data.windows, split.validation), distances, matches);
  std::vector<int>& truth = result.truth;
  std::vector<int>& predicted = result.predicted;
  for (const std::size_t i : split.validation) truth.push_back(data.labels[i]);
  for (const Match& match : matches)
    predicted.push_back(cluster_class[static_cast<std::size_t>(match.nearest)]);
  result.f1 = true_class_f1(classify(truth, predicted, data.classes()));
  if (!split.novel.empty() && !split.validation.empty()) {
    std::vector<double> known;
    for (const Match& match : matches) known.push_back(match.distance);
    result.novel_auroc =
        detect(references.nearest_distances(embed_rows(encoder, data.windows, split.novel)), known)
            .auroc;
  }
  return result;
}

}  // namespace faultprint::model
