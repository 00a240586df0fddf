#include "model/optimiser.h"

#include <cmath>

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
  for (const Parameter& p : parameters_) squares += static_cast<double>(p.gradient->squaredNorm());
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
    if (p.decays) *p.value *= 1 - decay;
    const auto gradient = p.gradient->array() * shrink;
    auto v = second_[i].array();
    v = b2 * v + (1 - b2) * gradient.square();
    if (adam) {
      auto m = first_[i].array();
      m = b1 * m + (1 - b1) * gradient;
      p.value->array() -= rate * m / (v.sqrt() + epsilon);
    } else {
      p.value->array() -= rate * gradient / (v.sqrt() + epsilon);
    }
  }
  return norm;
}

}  // namespace faultprint::model
