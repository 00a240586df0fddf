// Adam (Kingma and Ba, 2015) over the layers of a network, with clipping of the gradient's norm and
// decoupled weight decay.
#pragma once

#include <vector>

#include "model/dense_encoder.h"

namespace faultprint::model {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double clip_norm = 5;        // of all gradients together; 0: none
  double weight_decay = 1e-4;  // per step, times the learning rate; weights only
};

class Adam {
 public:
  Adam(const std::vector<DenseLayer>& layers, const AdamOptions& options);
  // One update. Returns the gradients' norm before clipping.
  double step(std::vector<DenseLayer>& layers, const std::vector<DenseLayer>& gradients,
              double learning_rate);

 private:
  AdamOptions options_;
  std::vector<DenseLayer> first_;  // moments
  std::vector<DenseLayer> second_;
  long steps_ = 0;
};

}  // namespace faultprint::model
