// Ridge regression as a classifier: one target a class, 1 for its own rows and -1 for the others,
// the greatest answer wins. Features are standardised; the penalty is the one of the given with the
// least generalised cross-validation score (Golub, Heath and Wahba 1979).
#pragma once

#include <Eigen/Core>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

class RidgeClassifier {
 public:
  // Ten from 1e-3 to 1e3, even in their logarithm, as MiniRocket's authors use.
  static std::vector<double> usual_penalties();

  // features: n x p; labels: n, any numbers. The work is that of min(n, p)^2 (max(n, p) + 2 min(n,
  // p)) products in double. At least one row and one penalty.
  RidgeClassifier(const MatrixView& features, const std::vector<int>& labels,
                  const std::vector<double>& penalties = usual_penalties());

  double penalty() const { return penalty_; }
  const std::vector<int>& classes() const { return classes_; }  // ascending

  // rows x classes
  Matrix scores(const MatrixView& features) const;
  std::vector<int> operator()(const MatrixView& features) const;

 private:
  std::vector<int> classes_;
  double penalty_ = 0;
  Matrix weights_;  // p x classes, of features as they come
  RowVector intercepts_;
};

}  // namespace faultprint::model
