#include "model/optimiser.h"

#include <cmath>

#include "model/kernels/training_kernels.h"

namespace faultprint::model {

Optimiser::Optimiser(std::vector<Parameter> parameters, const OptimiserOptions& options)
    : options_(options), parameters_(std::move(parameters)) {
  for (const Parameter& p : parameters_)
    second_.push_back(Matrix::Zero(p.value->rows(), p.value->cols()));
  if (options_.kind == OptimiserKind::adam) first_ = second_;
}

double Optimiser::step(double learning_rate) {
  ++steps_;
  double squares = 0;
  for (const Parameter& p : parameters_)
    squares += fp_squared_norm(p.gradient->size(), p.gradient->data());
  const double norm = std::sqrt(squares);
  const auto shrink = static_cast<float>(
      options_.clip_norm > 0 && norm > options_.clip_norm ? options_.clip_norm / norm : 1.0);
  const bool adam = options_.kind == OptimiserKind::adam;
  const auto b1 = static_cast<float>(options_.beta1);
  const auto b2 = static_cast<float>(options_.beta2);
  const auto n = static_cast<double>(steps_);
  const auto rate =
      static_cast<float>(adam ? learning_rate * std::sqrt(1 - std::pow(options_.beta2, n)) /
                                    (1 - std::pow(options_.beta1, n))
                              : learning_rate);
  const auto epsilon = static_cast<float>(options_.epsilon);
  const auto decay = static_cast<float>(learning_rate * options_.weight_decay);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& p = parameters_[i];
    const float keep = p.decays ? 1 - decay : 1;
    if (adam) {
      const fp_adam_rates rates{shrink, b1, b2, rate, epsilon, keep};
      fp_adam(p.value->size(), p.gradient->data(), &rates, first_[i].data(), second_[i].data(),
              p.value->data());
      continue;
    }
    const auto gradient = p.gradient->array() * shrink;
    auto v = second_[i].array();
    v = b2 * v + (1 - b2) * gradient.square();
    p.value->array() = p.value->array() * keep - rate * gradient / (v.sqrt() + epsilon);
  }
  return norm;
}

}  // namespace faultprint::model
