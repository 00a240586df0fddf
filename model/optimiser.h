// Adam (Kingma and Ba, 2015) or RMSprop (Tieleman and Hinton, 2012) over the parameters of a
// network, with clipping of the gradient's norm and decoupled weight decay.
#pragma once

#include <vector>

#include "model/layers/layer.h"

namespace faultprint::model {

enum class OptimiserKind { adam, rmsprop };

struct OptimiserOptions {
  OptimiserKind kind = OptimiserKind::adam;
  double beta1 = 0.9;    // Adam: of the first moment
  double beta2 = 0.999;  // of the second; RMSprop: 0.9 is usual
  double epsilon = 1e-8;
  double clip_norm = 5;        // of all gradients together; 0: none
  double weight_decay = 1e-4;  // per step, times the learning rate; weights only
};

class Optimiser {
 public:
  // The parameters must outlive this object and stay where they are.
  Optimiser(std::vector<Parameter> parameters, const OptimiserOptions& options);
  // One update by the parameters' gradients. Returns their norm before clipping.
  double step(double learning_rate);

 private:
  OptimiserOptions options_;
  std::vector<Parameter> parameters_;
  std::vector<Matrix> first_;  // moments
  std::vector<Matrix> second_;
  long steps_ = 0;
};

}  // namespace faultprint::model
