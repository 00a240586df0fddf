#include "model/adam.h"

#include <cmath>

namespace faultprint::model {

Adam::Adam(const std::vector<DenseLayer>& layers, const AdamOptions& options)
    : options_(options), first_(layers), second_(layers) {
  for (auto* moments : {&first_, &second_}) {
    for (DenseLayer& layer : *moments) {
      layer.weights.setZero();
      layer.bias.setZero();
    }
  }
}

double Adam::step(std::vector<DenseLayer>& layers, const std::vector<DenseLayer>& gradients,
                  double learning_rate) {
  ++steps_;
  double squares = 0;
  for (const DenseLayer& g : gradients)
    squares +=
        static_cast<double>(g.weights.squaredNorm()) + static_cast<double>(g.bias.squaredNorm());
  const double norm = std::sqrt(squares);
  const auto shrink = static_cast<float>(
      options_.clip_norm > 0 && norm > options_.clip_norm ? options_.clip_norm / norm : 1.0);
  const auto b1 = static_cast<float>(options_.beta1);
  const auto b2 = static_cast<float>(options_.beta2);
  const double n = static_cast<double>(steps_);
  const auto rate = static_cast<float>(learning_rate * std::sqrt(1 - std::pow(options_.beta2, n)) /
                                       (1 - std::pow(options_.beta1, n)));
  const auto epsilon = static_cast<float>(options_.epsilon);
  const auto decay = static_cast<float>(learning_rate * options_.weight_decay);
  const auto update = [&](auto values, auto gradient, auto m, auto v) {
    m = b1 * m + (1 - b1) * shrink * gradient;
    v = b2 * v + (1 - b2) * (shrink * gradient).square();
    values -= rate * m / (v.sqrt() + epsilon);
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers[i].weights *= 1 - decay;
    update(layers[i].weights.array(), gradients[i].weights.array(), first_[i].weights.array(),
           second_[i].weights.array());
    update(layers[i].bias.array(), gradients[i].bias.array(), first_[i].bias.array(),
           second_[i].bias.array());
  }
  return norm;
}

}  // namespace faultprint::model
