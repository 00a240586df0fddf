// Weights of each anchor's pairs that make a sum over ordered pairs the mean over anchors of the
// mean over each one's triplets: every window counts alike, however many of its label the batch
// has.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace faultprint::model {

// same, different: of pairs of each anchor with its equals, and with the others; 0 where it has no
// triplet.
void weigh_anchors(std::span<const int> labels, std::vector<double>& same,
                   std::vector<double>& different);
// The same as B x B matrices that were 0.
void weigh_by_anchor(std::span<const int> labels, Eigen::MatrixXd& same,
                     Eigen::MatrixXd& different);

}  // namespace faultprint::model
