// The lossless triplet loss on embeddings in [0,1]^N, logarithmic form:
//   L = -ln u - ln v,  u = 1 - d_p / beta + eps,  v = (beta - N + d_n) / beta + eps
// with d_p = |a-p|^2 and d_n = |a-n|^2. v is written so that d_n is not lost below 1e-7.
// With beta = N it is pairwise binary cross-entropy on p_same = 1 - d / N. Gradients:
//   dL/dd_p = 1 / (beta - d_p + beta eps),  dL/dd_n = -1 / (beta - N + d_n + beta eps)
//   dL/da = 2 g_p (a-p) + 2 g_n (a-n),  dL/dp = -2 g_p (a-p),  dL/dn = -2 g_n (a-n)
#pragma once

#include "model/matrix.h"

namespace faultprint::model {

struct LosslessOptions {
  double n = 0;           // dimension of the embedding; 0: taken from the embeddings
  double beta = 0;        // 0: N. Below N the loss is not defined: std::invalid_argument
  double epsilon = 1e-6;  // 1e-8 where the embeddings are doubles
  // Squared distance from which two different faults are far enough apart: v becomes
  // (beta - N + d_n) / (beta - N + reach), and beyond reach there is no loss. 0: N, the published
  // form, which goes on pushing to the corners of the cube.
  double reach = 0;
  // Squared distance within which equal faults are near enough: u becomes
  // 1 - (d_p - slack) / (beta - slack), and within slack there is no loss. 0: the published form,
  // which goes on pulling. Whether that costs what tells unknown faults is open (docs/science.md).
  double slack = 0;
  // A triplet that is right by this much (d_n - d_p) rests: it neither pulls nor pushes. Those that
  // do not keep the loss's own slopes, so that it is a choice of triplets, as mining is. Over
  // labels alone. 0: none rests, as published.
  double rest = 0;
  // L = -pull ln u - ln v. With beta = N the slope of -ln u is 1/N where equals are near, that of
  // -ln v is 1/d_n: at a distance of 1 a push is N times as strong as a pull. N makes them equal
  // there, as the hinge's are everywhere. 1: as published.
  double pull = 1;
};

struct TripletLoss {
  double loss = 0;
  double positive = 0;  // -ln u
  double negative = 0;  // -ln v
  Eigen::VectorXd anchor_gradient;
  Eigen::VectorXd positive_gradient;
  Eigen::VectorXd negative_gradient;
};

// One triplet, in double.
TripletLoss lossless_triplet(const Eigen::VectorXd& anchor, const Eigen::VectorXd& positive,
                             const Eigen::VectorXd& negative, const LosslessOptions& options);

// N and beta filled in where they are 0. std::invalid_argument "E_BETA_LT_N: ..." where beta lies
// below N.
LosslessOptions with_dimension(LosslessOptions options, Eigen::Index dimension);

}  // namespace faultprint::model
