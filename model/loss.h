// The losses a siamese encoder can be trained with, each by its name:
//   lossless-ln      -ln u - ln v over triplets (model/lossless_triplet.h); the default
//   lossless-linear  d_p - d_n + N over triplets; merges classes, for comparison
//   triplet          max(0, d_p - d_n + alpha), d = |a-b|^2 (FaceNet, Schroff et al., 2015), over
//                    all triplets, or with each anchor's hardest, or with semi-hard negatives
//   contrastive      D^2 / 2 for equal, max(0, margin - D)^2 / 2 for different (Hadsell et al.,
//                    2006), D = |a-b|
//   contrastive-l1   the same with D = sum w_j |a_j-b_j|, w learned, positive, of sum 1
//   bce-l1           cross-entropy of p_same = sigmoid(bias - scale * D), D as before, scale and
//                    bias learned (Koch et al., 2015)
//   exp-manhattan    cross-entropy of p_same = exp(-|a-b|_1) (Mueller and Thyagarajan, 2016)
//   exp-cosine       cross-entropy of p_same = exp(-(1 - cos(a, b)))
// Over labels: the mean over anchors of the mean over each anchor's triplets, which is the mean
// over its equals plus the mean over the others. With balanced labels that is the mean over all
// triplets; without, it keeps a few windows of many labels (made-up faults) from being drowned by
// many of one. Over pairs: the mean over equal pairs plus the mean over different ones.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/distance.h"
#include "model/lossless_triplet.h"
#include "model/measure.h"

namespace faultprint::model {

enum class LossKind {
  lossless_ln,
  lossless_linear,
  triplet,
  contrastive,
  bce_l1,
  contrastive_l1,
  exp_manhattan,
  exp_cosine,
};

enum class Mining { all, batch_hard, semi_hard };

struct LossOptions {
  LossKind kind = LossKind::lossless_ln;
  LosslessOptions lossless;
  double alpha = 0.4;  // triplet
  Mining mining = Mining::all;
  double margin = 1;  // contrastive
  // The greatest squared distance that two embeddings can have; 0: N, as of values in [0,1].
  double widest = 0;
};

// Two rows of a batch that are known to be the same fault, or not.
struct Pair {
  int first;
  int second;
  bool same;
};

struct BatchLoss {
  double loss = 0;
  double mean_positive = 0;  // mean measured distance of equal pairs
  double mean_negative = 0;  // of different ones
  double active = 1;         // share of triplets (or mined ones) whose hinge is open
  Matrix gradient;           // B x N: dL / d embeddings
};

// A pair's loss and its slope by the distance.
struct PairTerm {
  double value = 0;
  double slope = 0;
};
PairTerm lossless_term(Distance d, bool same, const LosslessOptions& options);
PairTerm contrastive_term(Distance d, bool same, double margin);
// slope is by the similarity.
PairTerm cross_entropy_term(Similarity s, bool same);

class Loss {
 public:
  // dimension: N. std::invalid_argument "E_...: ..." for options that cannot be.
  Loss(const LossOptions& options, int dimension);

  // embeddings: B x N; labels: B, equal ones are the same fault. A batch without an equal or
  // without a different pair has loss 0 and no gradient.
  BatchLoss over_labels(const MatrixView& embeddings, std::span<const int> labels);
  // The same from pairs. std::invalid_argument for losses over triplets alone (triplet).
  BatchLoss over_pairs(const MatrixView& embeddings, std::span<const Pair> pairs);
  // std::invalid_argument where over_pairs would throw for any pairs.
  void check_takes_pairs() const;
  // Learned along with the encoder.
  std::vector<Parameter> parameters();
  // The loss where all embeddings are one point; negative where it has no fixed value.
  double collapse_value() const;
  const LossOptions& options() const { return options_; }

 private:
  BatchLoss of_pairs(const Eigen::MatrixXd& same, const Eigen::MatrixXd& different);
  BatchLoss of_open_triplets(std::span<const int> labels);
  BatchLoss of_triplets(std::span<const int> labels);
  BatchLoss lossless_ln_of_labels(const MatrixView& embeddings, std::span<const int> labels);
  void measure_spread(std::span<const int> labels, BatchLoss& result) const;
  void check_width(const MatrixView& embeddings) const;
  void check_range(float least, float greatest) const;
  PairTerm term(double distance, bool same);
  void measure(const MatrixView& embeddings);
  void finish(const Eigen::MatrixXd& slopes, BatchLoss& result);

  LossOptions options_;
  int dimension_;
  Measure measure_;
  Matrix head_;  // bce-l1: ln scale, bias
  Matrix head_gradient_;
  Eigen::MatrixXd embeddings_;
  Eigen::MatrixXd distances_;
  std::vector<double> scratch_;  // the kernel's, kept: its pages would be faulted in each time
};

// Distances that were handed in (B x B) must be 0 on the diagonal: 1 there is a similarity
// (std::invalid_argument "E_SIMILARITY_AS_DISTANCE: ...").
void check_distances(const Eigen::MatrixXd& distances);

const char* name(LossKind kind);
// std::invalid_argument for a name that is none.
LossKind loss_kind(const std::string& name);
const std::vector<std::string>& loss_names();
const std::vector<std::string>& mining_names();

}  // namespace faultprint::model
