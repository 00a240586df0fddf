#include "model/dense_encoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "model/summaries.h"
#include "tests/unit/encoder_spec.h"

namespace faultprint::model {
namespace {

using test::spec_of;

Matrix random_matrix(Eigen::Index rows, Eigen::Index cols, float scale, std::mt19937_64& random) {
  std::normal_distribution<float> normal(0, scale);
  Matrix m(rows, cols);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = normal(random);
  return m;
}

std::vector<DenseLayer> layers_of(const EncoderSpec& spec, std::mt19937_64& random) {
  std::vector<DenseLayer> layers;
  int in = spec.inputs();
  std::vector<int> widths = spec.hidden;
  widths.push_back(spec.embedding);
  for (const int out : widths) {
    layers.push_back({random_matrix(in, out, 1 / std::sqrt(static_cast<float>(in)), random),
                      random_matrix(1, out, 0.5F, random)});
    in = out;
  }
  return layers;
}

const std::vector<EncoderSpec> kShapes = {
    spec_of(12, 6, {128, 64}, 16, true), spec_of(30, 12, {256, 128}, 16, true),
    spec_of(2, 1, {16}, 1, false), spec_of(60, 40, {33}, 7, true)};

// The size of the first batch in which some window's embedding is not what it is alone; 0: none.
Eigen::Index first_difference(const EncoderSpec& spec) {
  std::mt19937_64 random(1);
  const DenseEncoder encoder(spec, layers_of(spec, random));
  const Matrix windows = random_matrix(700, spec.window * spec.kpis, 2, random);
  DenseEncoder::Scratch scratch;
  Matrix alone(windows.rows(), spec.embedding);
  for (Eigen::Index i = 0; i < windows.rows(); ++i)
    alone.row(i) = encoder.embed(windows.middleRows(i, 1), scratch);
  const auto differs = [&](Eigen::Index first, Eigen::Index batch) {
    return Matrix(encoder.embed(windows.middleRows(first, batch), scratch)) !=
           Matrix(alone.middleRows(first, batch));
  };
  for (Eigen::Index batch = 1; batch <= 33; ++batch)
    for (Eigen::Index first = 0; first < 40; first += 3)
      if (differs(first, batch)) return batch;
  for (const Eigen::Index batch : {64, 100, 255, 256, 257, 513, 700})
    if (differs(0, batch)) return batch;
  return 0;
}

TEST_CASE("a window's embedding is bit for bit the same in every batch and at every place") {
  for (const EncoderSpec& spec : kShapes) {
    CAPTURE(spec.window);
    CAPTURE(spec.embedding);
    CHECK(first_difference(spec) == 0);
  }
}

TEST_CASE("the same for an encoder with very narrow layers") {
  CHECK(first_difference(spec_of(2, 1, {4}, 2, false)) == 0);
  CHECK(first_difference(spec_of(2, 2, {3, 3}, 1, false)) == 0);
}

TEST_CASE("what a scratch held before leaves no trace") {
  std::mt19937_64 random(2);
  const DenseEncoder big(kShapes[1], layers_of(kShapes[1], random));
  const DenseEncoder small(kShapes[0], layers_of(kShapes[0], random));
  const Matrix windows = random_matrix(5, 72, 2, random);
  DenseEncoder::Scratch fresh;
  const Matrix expected = small.embed(windows, fresh);
  DenseEncoder::Scratch used;
  big.embed(Matrix::Constant(50, 360, std::nanf("")), used);
  CHECK(Matrix(small.embed(windows, used)) == expected);
}

TEST_CASE("layers, ReLU and sigmoid, checked by hand") {
  const EncoderSpec spec = spec_of(2, 1, {2}, 1, false);
  Matrix w1(2, 2);
  w1 << 1, -1, 2, 0.5F;
  RowVector b1(2);
  b1 << 0.5F, 0.25F;
  Matrix w2(2, 1);
  w2 << 0.5F, 4;
  RowVector b2(1);
  b2 << -1;
  const DenseEncoder encoder(spec, {{w1, b1}, {w2, b2}});
  Matrix windows(2, 2);
  windows << 3, 1, -2, 0;
  DenseEncoder::Scratch scratch;
  const Matrix e = encoder.embed(windows, scratch);
  // [3, 1]: (5.5, max(0, -2.25)) -> 1.75; [-2, 0]: (max(0, -1.5), 2.25) -> 8.
  CHECK(e(0, 0) == doctest::Approx(1 / (1 + std::exp(-1.75))).epsilon(1e-6));
  CHECK(e(1, 0) == doctest::Approx(1 / (1 + std::exp(-8.0))).epsilon(1e-6));
}

TEST_CASE(
    "features are the window, then each KPI's mean, deviation, least, most, last less first") {
  Matrix windows(1, 6);  // T = 3, F = 2
  windows << 1, 10, 4, 10, 1, -5;
  Matrix features(1, feature_count(3, 2, true));
  REQUIRE(features.cols() == 16);
  make_features(windows, 3, 2, true, features);
  Matrix expected(1, 16);
  expected << 1, 10, 4, 10, 1, -5, 2, std::sqrt(2.0F), 1, 4, 0, 5, std::sqrt(50.0F), -5, 10, -15;
  CHECK(features.isApprox(expected, 1e-6F));
  CHECK(feature_count(3, 2, false) == 6);
}

TEST_CASE("layers that do not follow the spec are refused") {
  std::mt19937_64 random(3);
  const EncoderSpec spec = spec_of(4, 2, {5, 3}, 2, true);
  const auto good = layers_of(spec, random);
  CHECK_NOTHROW(DenseEncoder(spec, good));
  const auto refused = [&](auto&& damage) {
    auto layers = good;
    damage(layers);
    CHECK_THROWS_AS(DenseEncoder(spec, layers), std::invalid_argument);
  };
  refused([](auto& layers) { layers.pop_back(); });
  refused([](auto& layers) { layers.push_back(layers.back()); });
  refused([](auto& layers) { layers.clear(); });
  refused([](auto& layers) { layers[0].weights.conservativeResize(17, 5); });
  refused([](auto& layers) { layers[1].weights.conservativeResize(5, 4); });
  refused([](auto& layers) { layers[1].bias.conservativeResize(4); });
  refused([](auto& layers) { layers[2].weights.transposeInPlace(); });
  EncoderSpec without = spec;
  without.summaries = false;
  CHECK_THROWS_AS(DenseEncoder(without, good), std::invalid_argument);
}

}  // namespace
}  // namespace faultprint::model
