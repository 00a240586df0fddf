// Ways to measure how far two embeddings lie from each other, for all pairs of a batch.
#pragma once

#include "model/layers/layer.h"

namespace faultprint::model {

enum class MeasureKind {
  squared,      // |a - b|^2
  euclidean,    // |a - b|
  manhattan,    // sum |a_j - b_j|
  weighted_l1,  // sum w_j |a_j - b_j|: w = softmax of learned values, so it lies in [0,1] for
                // sigmoid outputs
  cosine,       // 1 - cos(a, b), in [0,2]
};

class Measure {
 public:
  Measure(MeasureKind kind, int dimension);

  // embeddings: B x N. Returns B x B distances, in double: in float a Gram matrix loses every
  // squared distance below 1e-6.
  Eigen::MatrixXd distances(const Eigen::MatrixXd& embeddings);
  // slopes: dL / d distance for each pair (B x B). Returns dL / d embeddings (B x N) for the
  // embeddings and distances last measured, and sets the gradients of what is learned.
  Eigen::MatrixXd backward(const Eigen::MatrixXd& slopes);
  std::vector<Parameter> parameters();
  // The greatest distance between two points of [0,1]^N.
  double greatest() const;

 private:
  Eigen::VectorXd weights() const;
  Eigen::MatrixXd backward_l1(const Eigen::MatrixXd& both);
  Eigen::MatrixXd backward_cosine(const Eigen::MatrixXd& both) const;

  MeasureKind kind_;
  Eigen::MatrixXd embeddings_;
  Eigen::MatrixXd distances_;
  Matrix raw_weights_;  // 1 x N, before softmax; weighted_l1 alone
  Matrix raw_gradient_;
};

}  // namespace faultprint::model
