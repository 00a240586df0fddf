#include "model/triplet_mining.h"

#include <algorithm>
#include <vector>

namespace faultprint::model {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

class Miner {
 public:
  Miner(const MatrixXd& distances, std::span<const int> labels, double alpha, MatrixXd& slopes)
      : d_(distances), labels_(labels), alpha_(alpha), slopes_(slopes) {
    slopes_.setZero(d_.rows(), d_.cols());
  }

  void anchor(Index a, Mining mining) {
    positives_.clear();
    negatives_.clear();
    for (Index j = 0; j < d_.rows(); ++j) {
      if (j == a) continue;
      (label(j) == label(a) ? positives_ : negatives_).push_back(j);
    }
    if (positives_.empty() || negatives_.empty()) return;
    anchors_ += 1;
    if (mining == Mining::all) return every(a);
    if (mining == Mining::batch_hard) return add(a, farthest(a, positives_), nearest(a), 1);
    const double share = 1 / static_cast<double>(positives_.size());
    for (const Index p : positives_) add(a, p, semi_hard(a, p), share);
  }

  MinedTriplets result() {
    if (anchors_ == 0) return {};
    slopes_ /= anchors_;
    return {loss_ / anchors_, open_ / anchors_};
  }

 private:
  int label(Index i) const { return labels_[static_cast<std::size_t>(i)]; }

  void add(Index a, Index p, Index n, double share) {
    const double hinge = d_(a, p) - d_(a, n) + alpha_;
    if (hinge <= 0) return;
    open_ += share;
    loss_ += share * hinge;
    slopes_(a, p) += share;
    slopes_(a, n) -= share;
  }

  // Sorted negatives make this B^2 log B: those nearer than d_p + alpha are open.
  void every(Index a) {
    std::sort(negatives_.begin(), negatives_.end(),
              [&](Index i, Index j) { return d_(a, i) < d_(a, j); });
    const auto n = negatives_.size();
    const double share = 1 / static_cast<double>(positives_.size() * n);
    std::vector<double> times(n, 0);  // open triplets whose farthest negative this is
    std::vector<double> sums(n + 1, 0);
    for (std::size_t k = 0; k < n; ++k) sums[k + 1] = sums[k] + d_(a, negatives_[k]);
    for (const Index p : positives_) {
      const double reach = d_(a, p) + alpha_;
      const auto open = static_cast<std::size_t>(
          std::lower_bound(negatives_.begin(), negatives_.end(), reach,
                           [&](Index i, double value) { return d_(a, i) < value; }) -
          negatives_.begin());
      if (open == 0) continue;
      const auto m = static_cast<double>(open);
      open_ += share * m;
      loss_ += share * (m * reach - sums[open]);
      slopes_(a, p) += share * m;
      times[open - 1] += 1;
    }
    double running = 0;
    for (std::size_t k = n; k-- > 0;) {
      running += times[k];
      slopes_(a, negatives_[k]) -= share * running;
    }
  }

  Index farthest(Index a, const std::vector<Index>& among) const {
    return *std::max_element(among.begin(), among.end(),
                             [&](Index i, Index j) { return d_(a, i) < d_(a, j); });
  }

  Index nearest(Index a) const {
    return *std::min_element(negatives_.begin(), negatives_.end(),
                             [&](Index i, Index j) { return d_(a, i) < d_(a, j); });
  }

  Index semi_hard(Index a, Index p) const {
    Index best = -1;
    for (const Index n : negatives_)
      if (d_(a, n) > d_(a, p) && (best < 0 || d_(a, n) < d_(a, best))) best = n;
    return best >= 0 ? best : farthest(a, negatives_);
  }

  const MatrixXd& d_;
  std::span<const int> labels_;
  double alpha_;
  MatrixXd& slopes_;
  std::vector<Index> positives_;
  std::vector<Index> negatives_;
  double anchors_ = 0;
  double open_ = 0;
  double loss_ = 0;
};

}  // namespace

MinedTriplets mine(const MatrixXd& distances, std::span<const int> labels, double alpha,
                   Mining mining, MatrixXd& slopes) {
  Miner miner(distances, labels, alpha, slopes);
  for (Index a = 0; a < distances.rows(); ++a) miner.anchor(a, mining);
  return miner.result();
}

double weigh_open_triplets(const MatrixXd& distances, std::span<const int> labels, double alpha,
                           MatrixXd& same, MatrixXd& different) {
  MatrixXd slopes;  // of the hinge: each open triplet's share, + for its positive, - its negative
  const MinedTriplets mined = mine(distances, labels, alpha, Mining::all, slopes);
  same = slopes.cwiseMax(0);
  different = (-slopes).cwiseMax(0);
  return mined.active;
}

}  // namespace faultprint::model
