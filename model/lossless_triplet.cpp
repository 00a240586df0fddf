#include "model/lossless_triplet.h"

#include <stdexcept>
#include <string>

#include "model/loss.h"

namespace faultprint::model {

LosslessOptions with_dimension(LosslessOptions options, Eigen::Index dimension) {
  if (options.n == 0) options.n = static_cast<double>(dimension);
  if (options.beta == 0) options.beta = options.n;
  if (!(options.beta >= options.n))
    throw std::invalid_argument("E_BETA_LT_N: beta is " + std::to_string(options.beta) +
                                " but must not be below N = " + std::to_string(options.n) +
                                ": the logarithm's argument becomes negative");
  if (!(options.slack >= 0 && options.slack < options.beta))
    throw std::invalid_argument(
        "slack is " + std::to_string(options.slack) + " but must lie from 0 to below beta = " +
        std::to_string(options.beta) + ": beyond it nothing would pull equal faults together");
  if (!(options.rest >= 0)) throw std::invalid_argument("rest must not be below 0");
  if (!(options.pull > 0)) throw std::invalid_argument("pull must be above 0");
  return options;
}

TripletLoss lossless_triplet(const Eigen::VectorXd& anchor, const Eigen::VectorXd& positive,
                             const Eigen::VectorXd& negative, const LosslessOptions& options) {
  const LosslessOptions o = with_dimension(options, anchor.size());
  const Eigen::VectorXd to_positive = anchor - positive;
  const Eigen::VectorXd to_negative = anchor - negative;
  const PairTerm p = lossless_term(Distance(to_positive.squaredNorm()), true, o);
  const PairTerm n = lossless_term(Distance(to_negative.squaredNorm()), false, o);
  TripletLoss result;
  result.positive = p.value;
  result.negative = n.value;
  result.loss = p.value + n.value;
  result.positive_gradient = -2 * p.slope * to_positive;
  result.negative_gradient = -2 * n.slope * to_negative;
  result.anchor_gradient = -(result.positive_gradient + result.negative_gradient);
  return result;
}

}  // namespace faultprint::model
