#include "model/adam.h"

#include <doctest/doctest.h>

#include <cmath>

namespace faultprint::model {
namespace {

using doctest::Approx;

std::vector<DenseLayer> layer(float weight, float bias) {
  return {{Matrix::Constant(1, 1, weight), RowVector::Constant(1, bias)}};
}

AdamOptions plain() {
  AdamOptions options;
  options.clip_norm = 0;
  options.weight_decay = 0;
  return options;
}

TEST_CASE("the first step is the learning rate against the gradient's sign") {
  for (const float gradient : {0.001F, 0.5F, 300.0F}) {
    CAPTURE(gradient);
    auto layers = layer(2, 1);
    Adam adam(layers, plain());
    adam.step(layers, layer(gradient, -gradient), 0.1);
    CHECK(layers[0].weights(0, 0) == Approx(1.9).epsilon(1e-4));
    CHECK(layers[0].bias(0) == Approx(1.1).epsilon(1e-4));
  }
}

TEST_CASE("three steps follow Kingma and Ba, checked by hand") {
  auto layers = layer(1, 0);
  Adam adam(layers, plain());
  const double gradients[] = {0.5, -0.2, 0.1};
  double m = 0;
  double v = 0;
  double expected = 1;
  for (int t = 1; t <= 3; ++t) {
    const double g = gradients[t - 1];
    adam.step(layers, layer(static_cast<float>(g), 0), 0.01);
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double m_hat = m / (1 - std::pow(0.9, t));
    const double v_hat = v / (1 - std::pow(0.999, t));
    expected -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
    CHECK(layers[0].weights(0, 0) == Approx(expected).epsilon(1e-6));
  }
  // The figures, worked out once on paper: 0.99, then m_hat = .13158, v_hat = .14493.
  CHECK(expected ==
        Approx(1 - 0.01 - 0.01 * 0.131579 / 0.380692 - 0.01 * 0.119926 / 0.316245).epsilon(1e-4));
  CHECK(layers[0].bias(0) == 0);
}

TEST_CASE("gradients are clipped by the norm of all of them together") {
  AdamOptions options = plain();
  options.clip_norm = 1;
  options.epsilon = 1;  // makes the step depend on the gradient's size
  std::vector<DenseLayer> layers = layer(0, 0);
  layers.push_back(layer(0, 0)[0]);
  std::vector<DenseLayer> gradients = layer(3, 0);
  gradients.push_back(layer(0, 4)[0]);  // norm 5
  auto clipped = layers;
  Adam adam(clipped, options);
  CHECK(adam.step(clipped, gradients, 0.1) == Approx(5));  // before clipping
  options.clip_norm = 0;
  auto small = layers;
  for (DenseLayer& g : gradients) {
    g.weights /= 5;
    g.bias /= 5;
  }
  Adam reference(small, options);
  CHECK(reference.step(small, gradients, 0.1) == Approx(1));
  CHECK(clipped[0].weights(0, 0) == Approx(small[0].weights(0, 0)).epsilon(1e-6));
  CHECK(clipped[1].bias(0) == Approx(small[1].bias(0)).epsilon(1e-6));
  CHECK(clipped[0].weights(0, 0) != 0);
}

TEST_CASE("gradients within the norm are not touched") {
  AdamOptions options = plain();
  options.epsilon = 1;
  auto free = layer(0, 0);
  Adam first(free, options);
  first.step(free, layer(3, 4), 0.1);
  options.clip_norm = 5;
  auto bounded = layer(0, 0);
  Adam second(bounded, options);
  second.step(bounded, layer(3, 4), 0.1);
  CHECK(free[0].weights == bounded[0].weights);
}

TEST_CASE("weights decay by rate times decay, biases do not") {
  AdamOptions options = plain();
  options.weight_decay = 0.5;
  auto layers = layer(8, 8);
  Adam adam(layers, options);
  adam.step(layers, layer(0, 0), 0.1);
  CHECK(layers[0].weights(0, 0) == Approx(8 * 0.95));
  CHECK(layers[0].bias(0) == 8);
}

TEST_CASE("steps lead to the least of a bowl") {
  auto layers = layer(5, -3);
  Adam adam(layers, plain());
  for (int i = 0; i < 2000; ++i)
    adam.step(layers, layer(2 * (layers[0].weights(0, 0) - 1), 20 * layers[0].bias(0)), 0.02);
  CHECK(layers[0].weights(0, 0) == Approx(1).epsilon(0.01));
  CHECK(std::abs(layers[0].bias(0)) < 0.01F);
}

}  // namespace
}  // namespace faultprint::model
