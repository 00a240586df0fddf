// How a model's references fare with a set of clusters: what an enrolment must not make worse.
#pragma once

#include <string>
#include <vector>

#include "model/encoder.h"
#include "model/nearest_neighbour.h"
#include "model/reference_clusters.h"

namespace faultprint::model {

// What the model's references say.
struct EnrolReferences {
  const LabelledWindows& windows;
  const std::vector<std::string>& labels;
  std::vector<std::uint8_t> calm;  // nothing moves: a verdict calls it normal without the encoder
};

class ReferenceScore {
 public:
  // clusters: those known, which must outlive this. References without a cluster do not count.
  ReferenceScore(const Encoder& encoder, const ReferenceClusters& clusters,
                 const EnrolReferences& references);

  struct Score {
    double f1 = 0;           // macro-F1 of the types known; 0 where there is no reference
    double normal_lost = 0;  // share of normal references that go to a fault
  };
  // Clusters beyond those known are mistakes. Calm references of normal are called so whatever the
  // clusters say.
  Score of(const std::vector<Cluster>& clusters) const;

  // Of each prototype of `candidate`: how many references it would take that `clusters` name right.
  std::vector<int> taken_by(const Cluster& candidate, const std::vector<Cluster>& clusters) const;

  const Matrix& calm() const { return calm_; }  // embeddings of those in which nothing moves

 private:
  std::vector<Match> matches(const std::vector<Cluster>& clusters) const;

  const ReferenceClusters& known_;
  int normal_;
  Matrix calm_;
  Matrix moving_;  // embeddings of the others
  std::vector<int> truth_;
  int calm_normal_ = 0;  // how many of normal do not move
};

}  // namespace faultprint::model
