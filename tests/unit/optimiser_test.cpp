#include "model/optimiser.h"

#include <doctest/doctest.h>

#include <cmath>

namespace faultprint::model {
namespace optimiser_test {

using doctest::Approx;

// A weight and a bias of one value each.
struct OneByOne {
  Matrix weight;
  Matrix bias;
  Matrix weight_gradient = Matrix::Zero(1, 1);
  Matrix bias_gradient = Matrix::Zero(1, 1);

  OneByOne(float w, float b) : weight(Matrix::Constant(1, 1, w)), bias(Matrix::Constant(1, 1, b)) {}
  std::vector<Parameter> parameters() {
    return {{"weight", &weight, &weight_gradient, true}, {"bias", &bias, &bias_gradient, false}};
  }
  void set_gradient(double w, double b) {
    weight_gradient(0, 0) = static_cast<float>(w);
    bias_gradient(0, 0) = static_cast<float>(b);
  }
};

OptimiserOptions plain() {
  OptimiserOptions options;
  options.clip_norm = 0;
  options.weight_decay = 0;
  return options;
}

TEST_CASE("the first step is the learning rate against the gradient's sign") {
  for (const float gradient : {0.001F, 0.5F, 300.0F}) {
    CAPTURE(gradient);
    OneByOne layer(2, 1);
    Optimiser adam(layer.parameters(), plain());
    layer.set_gradient(gradient, -gradient);
    adam.step(0.1);
    CHECK(layer.weight(0, 0) == Approx(1.9).epsilon(1e-4));
    CHECK(layer.bias(0, 0) == Approx(1.1).epsilon(1e-4));
  }
}

TEST_CASE("three steps follow Kingma and Ba, checked by hand") {
  OneByOne layer(1, 0);
  Optimiser adam(layer.parameters(), plain());
  const double gradients[] = {0.5, -0.2, 0.1};
  double m = 0;
  double v = 0;
  double expected = 1;
  for (int t = 1; t <= 3; ++t) {
    const double g = gradients[t - 1];
    layer.set_gradient(g, 0);
    adam.step(0.01);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, t));
    const double v_hat = v / (1 - std::pow(0.999, t));
    expected -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
    CHECK(layer.weight(0, 0) == Approx(expected).epsilon(1e-6));
  }
  // The figures, worked out once on paper: 0.99, then m_hat = .13158, v_hat = .14493.
  CHECK(expected ==
        Approx(1 - 0.01 - 0.01 * 0.131579 / 0.380692 - 0.01 * 0.119926 / 0.316245).epsilon(1e-4));
  CHECK(layer.bias(0, 0) == 0);
}

TEST_CASE("RMSprop divides by the root of the running mean square, checked by hand") {
  OptimiserOptions options = plain();
  options.kind = OptimiserKind::rmsprop;
  options.beta2 = 0.9;
  OneByOne layer(1, 0);
  Optimiser rmsprop(layer.parameters(), options);
  double v = 0;
  double expected = 1;
  for (const double g : {0.5, -0.2, 0.1}) {
    layer.set_gradient(g, 0);
    rmsprop.step(0.01);
    v = 0.9 * v + 0.1 * g * g;
    expected -= 0.01 * g / std::sqrt(v);
    CHECK(layer.weight(0, 0) == Approx(expected).epsilon(1e-6));
  }
}

TEST_CASE("gradients are clipped by the norm of all of them together") {
  OptimiserOptions options = plain();
  options.clip_norm = 1;
  options.epsilon = 1;  // makes the step depend on the gradient's size
  OneByOne clipped(0, 0);
  Optimiser adam(clipped.parameters(), options);
  clipped.set_gradient(3, 4);          // norm 5
  CHECK(adam.step(0.1) == Approx(5));  // before clipping
  options.clip_norm = 0;
  OneByOne small(0, 0);
  Optimiser reference(small.parameters(), options);
  small.set_gradient(0.6, 0.8);
  CHECK(reference.step(0.1) == Approx(1));
  CHECK(clipped.weight(0, 0) == Approx(small.weight(0, 0)).epsilon(1e-6));
  CHECK(clipped.bias(0, 0) == Approx(small.bias(0, 0)).epsilon(1e-6));
  CHECK(clipped.weight(0, 0) != 0);
}

TEST_CASE("gradients within the norm are not touched") {
  OptimiserOptions options = plain();
  options.epsilon = 1;
  OneByOne free(0, 0);
  Optimiser first(free.parameters(), options);
  free.set_gradient(3, 4);
  first.step(0.1);
  options.clip_norm = 5;
  OneByOne bounded(0, 0);
  Optimiser second(bounded.parameters(), options);
  bounded.set_gradient(3, 4);
  second.step(0.1);
  CHECK(free.weight == bounded.weight);
}

TEST_CASE("weights decay by rate times decay, biases do not") {
  OptimiserOptions options = plain();
  options.weight_decay = 0.5;
  OneByOne layer(8, 8);
  Optimiser adam(layer.parameters(), options);
  adam.step(0.1);
  CHECK(layer.weight(0, 0) == Approx(8 * 0.95));
  CHECK(layer.bias(0, 0) == 8);
}

TEST_CASE("steps lead to the least of a bowl") {
  for (const auto kind : {OptimiserKind::adam, OptimiserKind::rmsprop}) {
    OptimiserOptions options = plain();
    options.kind = kind;
    OneByOne layer(5, -3);
    Optimiser optimiser(layer.parameters(), options);
    for (int i = 0; i < 2000; ++i) {
      layer.set_gradient(2 * (layer.weight(0, 0) - 1), 20 * layer.bias(0, 0));
      optimiser.step(i < 1500 ? 0.02 : 0.002);
    }
    CHECK(layer.weight(0, 0) == Approx(1).epsilon(0.01));
    CHECK(std::abs(layer.bias(0, 0)) < 0.01F);
  }
}

}  // namespace optimiser_test
}  // namespace faultprint::model
