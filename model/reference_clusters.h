// What the embeddings of each label look like, and the verdict on a new one.
//
// A label has prototypes: a sample of its own embeddings. The distance to a cluster is the mean
// distance to the nearest few of them over the cluster's radius, so that 1 means "as far as the
// farthest of its own usually are". (Centres of k-means blur what is rare: see the README's science
// page.) How
// far its own really are is told by scores of windows that took no part (split conformal):
//   p = (1 + #{calibration scores >= s}) / (n + 1);  unknown when the greatest p <= alpha.
// A cluster with too few scores for its alpha (n < 1/alpha - 1) uses those of all clusters pooled.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/matrix.h"
#include "model/origin.h"

namespace faultprint::model {

struct Cluster {
  static constexpr float kNoLimit = 1e9F;
  static constexpr int kMostNearest = 3;

  std::string label;
  Matrix prototypes;            // k x N
  std::vector<Origin> origins;  // of each prototype; empty: not known, and of normal
  int nearest = 1;   // how many of them, the nearest, make the distance: 1 to kMostNearest
  float radius = 1;  // embedding distance that counts as 1
  // Distance, in radii, up to which a window is called by this label. What lies farther is not
  // like it, though nothing else may be nearer.
  float limit = 3;
  std::vector<float> scores;     // of calibration windows, ascending; thinned to kMaxScores
  std::int64_t score_count = 0;  // before thinning
  std::int64_t windows = 0;      // that it was made from
  std::int64_t incidents = 0;
  bool enrolled = false;  // the encoder was trained without this label
};

struct Match {
  int nearest = 0;     // index of the nearest cluster
  int runner_up = -1;  // the second nearest; -1 where there is one cluster
  float distance = 0;  // to the nearest, in its radii
  float runner_up_distance = 0;
  float p_value = 1;  // the greatest over all clusters
  bool unknown = false;
  bool beyond = false;  // farther from the nearest cluster than its limit, yet not unknown: no
                        // evidence for that label, and none that it is something new
};

class ReferenceClusters {
 public:
  static constexpr std::size_t kMaxScores = 2000;

  ReferenceClusters() = default;
  // alpha: the share of known windows that may be called unknown. dimension: N.
  // std::invalid_argument when shapes differ, a label repeats, or a value is not usable.
  ReferenceClusters(std::vector<Cluster> clusters, double alpha, int dimension);

  // embeddings: B x N. distances: B x C, calibrated; matches: B.
  void match(const MatrixView& embeddings, Matrix& distances, std::vector<Match>& matches) const;
  // Of each embedding, to the cluster that match() decides for.
  std::vector<double> nearest_distances(const MatrixView& embeddings) const;

  // p of a calibrated distance for one cluster.
  double p_value(std::size_t cluster, float distance) const;

  const std::vector<Cluster>& clusters() const { return clusters_; }
  double alpha() const { return alpha_; }
  int index(const std::string& label) const;  // -1: none
  // Clusters whose own scores do not suffice for alpha (W_CAL_TOO_FEW).
  bool pooled(std::size_t cluster) const;

 private:
  Match decide(const float* distances) const;

  std::vector<Cluster> clusters_;
  double alpha_ = 0;
  std::vector<Matrix>
      columns_;  // per cluster: its prototypes as kernels want them, N x (k filled up)
};

// Sorts, and keeps at most kMaxScores: all of the highest quarter of those kept, the rest evenly.
void set_scores(Cluster& cluster, std::vector<float> scores);

}  // namespace faultprint::model
