// The losses in which only some of a batch's triplets take part.
#include "model/loss.h"
#include "model/pair_weights.h"
#include "model/triplet_mining.h"

namespace faultprint::model {

using Eigen::MatrixXd;

BatchLoss Loss::of_triplets(std::span<const int> labels) {
  MatrixXd slopes;
  const MinedTriplets mined = mine(distances_, labels, options_.alpha, options_.mining, slopes);
  BatchLoss result;
  result.loss = mined.loss;
  result.active = mined.active;
  measure_spread(labels, result);
  finish(slopes, result);
  return result;
}

BatchLoss Loss::of_open_triplets(std::span<const int> labels) {
  MatrixXd same;
  MatrixXd different;
  const double active =
      weigh_open_triplets(distances_, labels, options_.lossless.rest, same, different);
  BatchLoss result = of_pairs(same, different);
  result.active = active;
  measure_spread(labels, result);
  return result;
}

// Over all pairs, those that rest too.
void Loss::measure_spread(std::span<const int> labels, BatchLoss& result) const {
  MatrixXd same = MatrixXd::Zero(distances_.rows(), distances_.cols());
  MatrixXd different = same;
  weigh_by_anchor(labels, same, different);
  result.mean_positive = mean_over(same, distances_);
  result.mean_negative = mean_over(different, distances_);
}

}  // namespace faultprint::model
