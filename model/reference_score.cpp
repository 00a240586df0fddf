#include "model/reference_score.h"

#include <algorithm>

#include "model/evaluation.h"
#include "model/training_windows.h"

namespace faultprint::model {

ReferenceScore::ReferenceScore(const Encoder& encoder, const ReferenceClusters& clusters,
                               const EnrolReferences& references)
    : known_(clusters), normal_(clusters.index("normal")) {
  std::vector<std::size_t> moving;
  std::vector<std::size_t> calm;
  for (std::size_t i = 0; i < references.windows.labels.size(); ++i) {
    const int label =
        clusters.index(references.labels[static_cast<std::size_t>(references.windows.labels[i])]);
    if (references.calm[i] != 0) {
      calm.push_back(i);
      calm_normal_ += label >= 0 && label == normal_ ? 1 : 0;
    } else if (label >= 0) {
      moving.push_back(i);
      truth_.push_back(label);
    }
  }
  calm_ = embed_rows(encoder, references.windows.windows, calm);
  moving_ = embed_rows(encoder, references.windows.windows, moving);
}

std::vector<Match> ReferenceScore::matches(const std::vector<Cluster>& clusters) const {
  const ReferenceClusters all(clusters, known_.alpha(), static_cast<int>(moving_.cols()));
  Matrix distances;
  std::vector<Match> found;
  all.match(moving_, distances, found);
  return found;
}

ReferenceScore::Score ReferenceScore::of(const std::vector<Cluster>& clusters) const {
  if (truth_.empty()) return {};
  std::vector<int> truth = truth_;
  std::vector<int> predicted;
  Score s;
  double normal = calm_normal_;
  for (const Match& match : matches(clusters)) {
    predicted.push_back(match.nearest);
    if (truth_[predicted.size() - 1] != normal_) continue;
    normal += 1;
    s.normal_lost += match.nearest != normal_ ? 1 : 0;
  }
  s.normal_lost /= std::max(1.0, normal);
  truth.insert(truth.end(), static_cast<std::size_t>(calm_normal_), normal_);
  predicted.insert(predicted.end(), static_cast<std::size_t>(calm_normal_), normal_);
  s.f1 = true_class_f1(classify(truth, predicted, static_cast<int>(clusters.size())));
  return s;
}

std::vector<int> ReferenceScore::taken_by(const Cluster& candidate,
                                          const std::vector<Cluster>& clusters) const {
  std::vector<int> taken(static_cast<std::size_t>(candidate.prototypes.rows()), 0);
  if (truth_.empty()) return taken;
  const std::vector<Match> now = matches(clusters);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i].nearest != truth_[i]) continue;
    const float bound = now[i].distance * candidate.radius;
    const auto row = moving_.row(static_cast<Eigen::Index>(i));
    for (Eigen::Index k = 0; k < candidate.prototypes.rows(); ++k)
      if ((candidate.prototypes.row(k) - row).squaredNorm() < bound * bound)
        ++taken[static_cast<std::size_t>(k)];
  }
  return taken;
}

}  // namespace faultprint::model
