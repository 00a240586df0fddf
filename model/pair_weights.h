// What each pair of a batch counts in a loss. same, different: of pairs of one label, and of two.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace faultprint::model {

// Of each anchor's pairs, so that a sum over ordered pairs is the mean over anchors of the mean
// over each one's triplets: every window counts alike, however many of its label the batch has. 0
// where an anchor has no triplet.
void weigh_anchors(std::span<const int> labels, std::vector<double>& same,
                   std::vector<double>& different);
// The same as B x B matrices, which must be 0.
void weigh_by_anchor(std::span<const int> labels, Eigen::MatrixXd& same,
                     Eigen::MatrixXd& different);
// Sums over pairs become means.
void make_means(Eigen::MatrixXd& same, Eigen::MatrixXd& different);

// Mean distance of the pairs whose weight is above 0; 0 where there is none.
double mean_over(const Eigen::MatrixXd& weights, const Eigen::MatrixXd& distances);

}  // namespace faultprint::model
