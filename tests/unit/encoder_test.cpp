#include "model/encoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "model/summaries.h"
#include "tests/unit/encoder_spec.h"

namespace faultprint::model {
namespace encoder_test {

using test::spec_of;

Matrix random_matrix(Eigen::Index rows, Eigen::Index cols, float scale, std::mt19937_64& random) {
  std::normal_distribution<float> normal(0, scale);
  Matrix m(rows, cols);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = normal(random);
  return m;
}

Encoder random_encoder(const EncoderSpec& spec, std::mt19937_64& random) {
  std::vector<NamedTensor> tensors = Encoder(spec, make_layers(spec, {0, 0}, random)).tensors();
  for (NamedTensor& t : tensors)  // biases start at zero: move them off it
    if (t.value.rows() == 1) t.value += random_matrix(1, t.value.cols(), 0.5F, random);
  return {spec, tensors};
}

EncoderSpec of_kind(EncoderKind kind, int window, int kpis) {
  return default_spec(kind, window, kpis);
}

EncoderSpec tokens(EncoderKind kind, int length) {
  EncoderSpec spec = default_spec(kind, length, 0);
  spec.tokens = {{1, 20}};
  return spec;
}

EncoderSpec beside_tokens(EncoderKind kind) {
  EncoderSpec spec = default_spec(kind, 6, 3);
  spec.tokens = {{1, 20}, {4, 12}};
  return spec;
}

const std::vector<EncoderSpec> kShapes = {
    spec_of(12, 6, {128, 64}, 16, true), spec_of(30, 12, {256, 128}, 16, true),
    spec_of(2, 1, {16}, 1, false),       spec_of(60, 40, {33}, 7, true),
    of_kind(EncoderKind::conv, 12, 6),   of_kind(EncoderKind::bilstm, 12, 6),
    of_kind(EncoderKind::conv, 150, 2),  of_kind(EncoderKind::universal, 12, 6),
    tokens(EncoderKind::bilstm, 8),      tokens(EncoderKind::conv, 8),
    beside_tokens(EncoderKind::dense),   beside_tokens(EncoderKind::conv),
    beside_tokens(EncoderKind::bilstm)};

// The size of the first batch in which some window's embedding is not what it is alone; 0: none.
Eigen::Index first_difference(const EncoderSpec& spec) {
  std::mt19937_64 random(1);
  const Encoder encoder = random_encoder(spec, random);
  const Matrix windows = random_matrix(700, spec.cells(), spec.tokens.empty() ? 2 : 12, random);
  Encoder::Scratch scratch;
  Matrix alone(windows.rows(), spec.width());
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
    CAPTURE(name(spec.kind));
    CAPTURE(spec.window);
    CHECK(first_difference(spec) == 0);
  }
}

TEST_CASE("the same for an encoder with very narrow layers") {
  CHECK(first_difference(spec_of(2, 1, {4}, 2, false)) == 0);
  CHECK(first_difference(spec_of(2, 2, {3, 3}, 1, false)) == 0);
}

TEST_CASE("what a scratch held before leaves no trace") {
  std::mt19937_64 random(2);
  const Encoder big = random_encoder(kShapes[1], random);
  const Encoder small = random_encoder(kShapes[0], random);
  const Matrix windows = random_matrix(5, 72, 2, random);
  Encoder::Scratch fresh;
  const Matrix expected = small.embed(windows, fresh);
  Encoder::Scratch used;
  big.embed(Matrix::Constant(50, 360, std::nanf("")), used);
  CHECK(Matrix(small.embed(windows, used)) == expected);
}

TEST_CASE("layers, ReLU and sigmoid, checked by hand") {
  const EncoderSpec spec = spec_of(2, 1, {2}, 1, false);
  Matrix w1(2, 2);
  w1 << 1, -1, 2, 0.5F;
  Matrix b1(1, 2);
  b1 << 0.5F, 0.25F;
  Matrix w2(2, 1);
  w2 << 0.5F, 4;
  Matrix b2(1, 1);
  b2 << -1;
  const Encoder encoder = test::encoder_of(spec, {{w1, b1}, {w2, b2}});
  Matrix windows(2, 2);
  windows << 3, 1, -2, 0;
  Encoder::Scratch scratch;
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

TEST_CASE("tensors that do not follow the spec are refused, for every kind") {
  for (const auto kind :
       {EncoderKind::dense, EncoderKind::conv, EncoderKind::bilstm, EncoderKind::universal}) {
    CAPTURE(name(kind));
    std::mt19937_64 random(3);
    const EncoderSpec spec = default_spec(kind, 4, 2);
    const auto good = random_encoder(spec, random).tensors();
    CHECK_NOTHROW(Encoder(spec, good));
    const auto refused = [&](auto&& damage) {
      auto tensors = good;
      damage(tensors);
      CHECK_THROWS_AS(Encoder(spec, tensors), std::invalid_argument);
    };
    refused([](auto& t) { t.pop_back(); });
    refused([](auto& t) { t.push_back({"99.weight", t[0].value}); });
    refused([](auto& t) { t.clear(); });
    refused([](auto& t) { t[0].name = "0.x"; });
    refused([](auto& t) { t[0].value.conservativeResize(t[0].value.rows() + 1, Eigen::NoChange); });
    refused([](auto& t) { t[1].value.conservativeResize(Eigen::NoChange, t[1].value.cols() - 1); });
    EncoderSpec other = spec;
    other.kpis = 3;
    if (kind != EncoderKind::universal)  // whose weights do not depend on the number of KPIs
      CHECK_THROWS_AS(Encoder(other, good), std::invalid_argument);
  }
}

TEST_CASE("one universal network takes any number of KPIs, each by itself") {
  std::mt19937_64 random(5);
  const auto tensors = random_encoder(default_spec(EncoderKind::universal, 6, 2), random).tensors();
  const Encoder two(default_spec(EncoderKind::universal, 6, 2), tensors);
  const Encoder three(default_spec(EncoderKind::universal, 6, 3), tensors);
  const Matrix windows = random_matrix(4, 18, 2, random);
  Matrix first_two(4, 12);
  for (int t = 0; t < 6; ++t) first_two.middleCols(2 * t, 2) = windows.middleCols(3 * t, 2);
  Encoder::Scratch scratch;
  const Matrix whole = three.embed(windows, scratch);
  REQUIRE(whole.cols() == 12);
  CHECK(Matrix(two.embed(first_two, scratch)).isApprox(whole.leftCols(8), 1e-6F));
}

TEST_CASE("summaries are of the numbers alone") {
  EncoderSpec spec = spec_of(2, 1, {4}, 2, true);
  spec.tokens = {{2, 50}};
  REQUIRE(spec.inputs() == 2 * 3 + kSummaries);
  Matrix window(1, 6);
  window << 1, 40, 41, 3, 42, 0;
  Matrix expected(1, 11);
  expected << window, 2, 1, 1, 3, 2;
  CHECK(features_of(window, spec) == expected);
}

TEST_CASE("the encoder that takes no tokens says so") {
  EncoderSpec spec = default_spec(EncoderKind::universal, 4, 2);
  spec.tokens = {{1, 9}};
  CHECK_THROWS_WITH_AS(check(spec),
                       "the universal encoder takes numbers alone: KPIs of kind state or text need "
                       "dense, conv or bilstm",
                       std::invalid_argument);
}

TEST_CASE("a shape that cannot be is refused by check") {
  const auto refused = [](auto&& damage) {
    EncoderSpec spec = default_spec(EncoderKind::conv, 12, 4);
    damage(spec);
    CHECK_THROWS_AS(check(spec), std::invalid_argument);
  };
  CHECK_NOTHROW(check(default_spec(EncoderKind::conv, 12, 4)));
  refused([](EncoderSpec& s) { s.window = 0; });
  refused([](EncoderSpec& s) { s.kpis = -1; });
  refused([](EncoderSpec& s) { s.embedding = 0; });
  refused([](EncoderSpec& s) { s.channels = 12; });
  refused([](EncoderSpec& s) { s.hidden = {0}; });
  refused([](EncoderSpec& s) { s.window = 1 << 21; });
  refused([](EncoderSpec& s) {
    s.kind = EncoderKind::universal;
    s.tokens = {{1, 5}};
  });
  refused([](EncoderSpec& s) { s.tokens = {{1, 1}}; });
  refused([](EncoderSpec& s) { s.tokens = {{0, 5}}; });
  refused([](EncoderSpec& s) { s.further_convolutions = -1; });
  refused([](EncoderSpec& s) { s.further_convolutions = 16; });
  refused([](EncoderSpec& s) {
    s.kind = EncoderKind::dense;
    s.further_convolutions = 1;
  });
  // What a layer would give out for a single window.
  refused([](EncoderSpec& s) {
    s.window = 1 << 20;
    s.channels = 1 << 20;
  });
  refused([](EncoderSpec& s) { s.tokens = std::vector<TokenColumns>(5000, {1 << 20, 5}); });
  refused([](EncoderSpec& s) {
    s.tokens = {{1 << 16, 5}};
    s.token_width = 1 << 20;
  });
  refused([](EncoderSpec& s) {
    s.kind = EncoderKind::universal;
    s.kpis = 1 << 20;
    s.hidden = {1 << 20};
  });
  CHECK_THROWS_AS(encoder_kind("transformer"), std::invalid_argument);
}

// A header alone must not have gigabytes made.
TEST_CASE("more weights than there are values are refused before room is made for them") {
  const auto refused = [](EncoderSpec spec) {
    CAPTURE(name(spec.kind));
    CHECK_NOTHROW(check(spec));
    CHECK_THROWS_WITH_AS(Encoder(spec, std::vector<NamedTensor>{}),
                         "the encoder's header says more weights than there are",
                         std::invalid_argument);
  };
  EncoderSpec spec = default_spec(EncoderKind::conv, 12, 4);
  spec.channels = 1 << 20;
  refused(spec);
  spec = default_spec(EncoderKind::dense, 12, 4);
  spec.hidden = {1 << 20, 1 << 20};
  refused(spec);
  spec = default_spec(EncoderKind::bilstm, 12, 4);
  spec.units = 1 << 20;
  refused(spec);
  spec = default_spec(EncoderKind::dense, 2, 1);
  spec.tokens = {{1, 1 << 20}};
  spec.token_width = 1 << 20;
  refused(spec);
}

TEST_CASE("weights are counted as the layers have them") {
  std::mt19937_64 random(7);
  for (const EncoderSpec& spec : kShapes) {
    CAPTURE(name(spec.kind));
    std::int64_t values = 0;
    for (const NamedTensor& t : random_encoder(spec, random).tensors()) values += t.value.size();
    CHECK(weight_count(spec) == values);
  }
}

TEST_CASE("a convolution's outputs see a third of the window, however long it is") {
  const auto further = [](int window) {
    return default_spec(EncoderKind::conv, window, 1).further_convolutions;
  };
  // Seen: 1 + 6 + 8 + 8 = 23 steps, then 16, 32, 64, ... more.
  CHECK(further(1) == 0);
  CHECK(further(69) == 0);
  CHECK(further(70) == 1);
  CHECK(further(117) == 1);
  CHECK(further(118) == 2);
  CHECK(further(251) == 3);
  CHECK(further(427) == 4);
  CHECK(further(1 << 20) == 15);
  CHECK_NOTHROW(check(default_spec(EncoderKind::conv, 1 << 19, 1)));
  CHECK(default_spec(EncoderKind::dense, 251, 1).further_convolutions == 0);
  EncoderSpec text = default_spec(EncoderKind::conv, 2, 0);
  text.tokens = {{50, 20}};  // one sequence of 100 tokens
  CHECK(further_convolutions_for(text) == 1);
}

// The chain of convolutions alone, as group norm and pooling see every step.
TEST_CASE("the chain of convolutions sees as far back as it is counted, and no step ahead") {
  std::mt19937_64 random(8);
  const int window = 251;
  const int seen = 23 + 16 + 32 + 64;
  const auto layers = make_layers(default_spec(EncoderKind::conv, window, 1), {0, 0}, random);
  const auto last_step = [&](const Matrix& input) {
    Matrix now = input;
    Matrix next;
    Matrix workspace;
    for (std::size_t i = 0; i < 12; i += 2) {
      layers[i]->infer(now.data(), 1, next, workspace);
      now.swap(next);
    }
    return Matrix(now.rightCols(64));
  };
  const Matrix input = random_matrix(1, window, 1, random);
  const auto moved_by = [&](int back) {
    Matrix other = input;
    other(0, window - 1 - back) += 3;
    return last_step(other) != last_step(input);
  };
  CHECK(moved_by(0));
  CHECK(moved_by(seen - 1));
  CHECK_FALSE(moved_by(seen));
}

TEST_CASE("embeddings on the sphere have length 1, linear ones go beyond (0,1)") {
  std::mt19937_64 random(6);
  EncoderSpec spec = spec_of(4, 2, {16}, 5, false);
  const Matrix windows = random_matrix(30, 8, 20, random);
  Encoder::Scratch scratch;
  spec.output = EncoderOutput::sphere;
  const Matrix sphere = random_encoder(spec, random).embed(windows, scratch);
  CHECK((sphere.rowwise().norm().array() - 1).abs().maxCoeff() < 1e-5F);
  spec.output = EncoderOutput::linear;
  const Matrix linear = random_encoder(spec, random).embed(windows, scratch);
  CHECK(linear.cwiseAbs().maxCoeff() > 1.5F);
}

}  // namespace encoder_test
}  // namespace faultprint::model
