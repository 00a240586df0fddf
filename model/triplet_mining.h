// The hinge over the triplets of a batch: all of them, or those that teach most.
#pragma once

#include <span>

#include "model/loss.h"

namespace faultprint::model {

struct MinedTriplets {
  double loss = 0;    // mean over anchors of the mean of max(0, d_p - d_n + alpha) over theirs
  double active = 0;  // share of them above 0
};

// distances: B x B. slopes becomes dL / d distance (B x B).
//   all         every (a, p, n)
//   batch_hard  for each anchor its farthest positive and nearest negative (Hermans et al., 2017)
//   semi_hard   for each (a, p) the nearest negative beyond the positive, or the farthest where
//               there is none (Schroff et al., 2015)
MinedTriplets mine(const Eigen::MatrixXd& distances, std::span<const int> labels, double alpha,
                   Mining mining, Eigen::MatrixXd& slopes);

// What each pair of a batch counts where only those triplets take part that are not yet right by
// alpha: of (a, p) in same, of (a, n) in different (B x B), each the mean over anchors of the share
// of theirs. Returns the share that takes part.
double weigh_open_triplets(const Eigen::MatrixXd& distances, std::span<const int> labels,
                           double alpha, Eigen::MatrixXd& same, Eigen::MatrixXd& different);

}  // namespace faultprint::model
