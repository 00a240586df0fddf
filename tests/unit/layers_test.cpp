#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "golden.h"
#include "model/layers/affine.h"
#include "model/layers/bilstm.h"
#include "model/layers/by_kpi.h"
#include "model/layers/convolution.h"
#include "model/layers/dropout.h"
#include "model/layers/group_norm.h"
#include "model/layers/pooling.h"
#include "model/layers/token_table.h"

namespace faultprint::model {
namespace layers_test {

using test::difference;
using test::golden;
using test::matrix_of;

std::unique_ptr<Layer> layer_of(const nlohmann::json& golden_case) {
  const std::string name = golden_case.at("name");
  const auto& shape = golden_case.at("shape");
  const auto at = [&](const char* key) { return shape.at(key).get<int>(); };
  Random random(1);
  if (name == "convolution")
    return std::make_unique<Convolution>(
        ConvolutionShape{at("steps"), at("channels"), at("filters"), at("kernel"), at("dilation")},
        random);
  if (name == "group_norm")
    return std::make_unique<GroupNorm>(at("steps"), at("channels"), at("groups"));
  if (name == "pooling") return std::make_unique<Pooling>(at("steps"), at("channels"));
  return std::make_unique<Bilstm>(BilstmShape{at("steps"), at("channels"), at("units")}, random);
}

TEST_CASE("outputs and all gradients agree with a reference framework's") {
  for (const auto& c : golden("layers")) {
    CAPTURE(c.at("name").get<std::string>());
    const auto layer = layer_of(c);
    for (Parameter& p : layer->parameters()) {
      CAPTURE(p.name);
      const Matrix value = matrix_of(c.at("parameters").at(p.name).at("value"));
      REQUIRE(value.rows() == p.value->rows());
      REQUIRE(value.cols() == p.value->cols());
      *p.value = value;
    }
    const Matrix input = matrix_of(c.at("input"));
    Random random(2);
    CHECK(difference(layer->forward(input, true, random), matrix_of(c.at("output"))) < 2e-6);
    Matrix inferred;
    Matrix workspace;
    layer->infer(input.data(), input.rows(), inferred, workspace);
    CHECK(difference(inferred, matrix_of(c.at("output"))) < 2e-6);
    Matrix input_gradient;
    layer->backward(matrix_of(c.at("output_gradient")), &input_gradient);
    CHECK(difference(input_gradient, matrix_of(c.at("input_gradient"))) < 5e-6);
    for (const Parameter& p : layer->parameters()) {
      CAPTURE(p.name);
      CHECK(difference(*p.gradient, matrix_of(c.at("parameters").at(p.name).at("gradient"))) <
            5e-6);
    }
  }
}

Matrix normal(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Random random(seed);
  return random_weights(rows, cols, 1, random);
}

// dL/dx of L = sum of output x weights, along random directions.
void check_gradients(Layer& layer, Matrix input, bool by_input) {
  const Matrix weights = normal(input.rows(), layer.outputs(), 9);
  const auto value = [&] {
    Random mask(4);
    return (layer.forward(input, true, mask).cast<double>().array() *
            weights.cast<double>().array())
        .sum();
  };
  value();
  Matrix input_gradient;
  layer.backward(weights, by_input ? &input_gradient : nullptr);
  std::vector<std::pair<Matrix*, Matrix>> all;
  for (const Parameter& p : layer.parameters()) all.emplace_back(p.value, *p.gradient);
  if (by_input) all.emplace_back(&input, input_gradient);
  for (auto& [at, gradient] : all)
    for (std::uint64_t seed = 20; seed < 23; ++seed) {
      Matrix direction = normal(at->rows(), at->cols(), seed);
      direction /= direction.norm();
      const Matrix kept = *at;
      constexpr float kStep = 1e-2F;
      *at = kept + kStep * direction;
      const double up = value();
      *at = kept - kStep * direction;
      const double down = value();
      *at = kept;
      const double expected =
          (gradient.cast<double>().array() * direction.cast<double>().array()).sum();
      CHECK(std::abs((up - down) / (2 * kStep) - expected) <
            4e-3 * static_cast<double>(gradient.norm()) + 1e-3);
    }
}

TEST_CASE("every layer's gradients agree with finite differences") {
  Random random(7);
  // Inputs off the kinks of ReLU matter little: a kink is crossed by few of many terms.
  Affine affine(7, 5, false, random, 3);
  check_gradients(affine, normal(6, 21, 1), true);
  Dropout dropout(12, 0.4);
  check_gradients(dropout, normal(6, 12, 2), true);
  ByKpi by_kpi(4, 3);
  check_gradients(by_kpi, normal(5, 12, 3), true);
  Bilstm masked({6, 3, 4, true, 0.3}, random);
  Matrix padded = normal(5, 18, 4);
  padded.rightCols(6).topRows(3).setZero();  // two steps of padding behind three of the rows
  padded.leftCols(3).bottomRows(1).setZero();
  check_gradients(masked, padded, false);
  TokenTable table({4, 0, {{1, 9}}, 3, 0}, random);
  Matrix tokens(3, 4);
  tokens << 1, 2, 8, 0, 3, 3, 3, 0, 7, 100, -2, 5;
  check_gradients(table, tokens, false);
}

// Odd sizes: parts and blocks of several lengths, steps behind the last tap.
TEST_CASE("outputs and gradients of conv's layers are the same bits with any number of threads") {
  const Matrix input = normal(21, 37 * 8, 1);
  const Matrix gradient = normal(21, 37 * 16, 2);
  const auto results = [&](int threads) {
    Random random(3);
    Convolution convolution({37, 8, 16, 5, 4}, random);
    GroupNorm norm(37, 16, 2);
    convolution.use_threads(threads);
    norm.use_threads(threads);
    std::vector<Matrix> all;
    all.push_back(norm.forward(convolution.forward(input, true, random), true, random));
    Matrix between;
    Matrix of_input;
    norm.backward(gradient, &between);
    convolution.backward(between, &of_input);
    all.push_back(of_input);
    for (Layer* layer : {static_cast<Layer*>(&convolution), static_cast<Layer*>(&norm)})
      for (const Parameter& p : layer->parameters()) all.push_back(*p.gradient);
    return all;
  };
  const std::vector<Matrix> alone = results(1);
  for (const int threads : {2, 3, 8}) {
    const std::vector<Matrix> shared = results(threads);
    REQUIRE(shared.size() == alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) CHECK(shared[i] == alone[i]);
  }
}

TEST_CASE("a convolution over long windows, a block each, agrees with finite differences") {
  Random random(8);
  Convolution looking_back({140, 2, 8, 3, 16}, random);
  looking_back.use_threads(2);
  check_gradients(looking_back, normal(5, 280, 6), true);
}

TEST_CASE("numbers beside tokens pass, and every KPI of tokens has its own vectors") {
  Random random(5);
  // Two slots of a number, a state and a text of two tokens; one summary behind them.
  TokenTable table({2, 1, {{1, 4}, {2, 6}}, 3, 1}, random);
  REQUIRE(table.inputs() == 2 * 4 + 1);
  REQUIRE(table.outputs() == 2 * (1 + 3 * 3) + 1);
  Matrix input(1, 9);
  input << 0.5F, 2, 2, 0, -7, 0, 5, 2, 9.5F;
  Matrix output;
  Matrix workspace;
  table.infer(input.data(), 1, output, workspace);
  const auto parameters = table.parameters();
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].name == "vectors");
  CHECK(parameters[1].name == "vectors1");
  CHECK(output(0, 0) == 0.5F);
  CHECK(output.middleCols(1, 3) == parameters[0].value->row(2));
  CHECK(output.middleCols(4, 3) == parameters[1].value->row(2));
  CHECK(output.middleCols(7, 3).isZero(0));
  CHECK(output(0, 10) == -7);
  CHECK(output.middleCols(11, 3).isZero(0));
  CHECK(output.middleCols(14, 3) == parameters[1].value->row(5));
  CHECK(output(0, 20) == 9.5F);
  check_gradients(table, input, false);
}

TEST_CASE("vectors start as they are given, and those that are kept are not learned") {
  for (const bool keep : {false, true}) {
    Random random(5);
    TokenTable table({1, 0, {{2, 5}}, 2, 0}, random);
    table.start({{{{3, {1.5F, -2}}}}, keep});
    CHECK((*table.parameters()[0].value)(3, 0) == 1.5F);
    CHECK(table.parameters()[0].decays == !keep);
    Matrix input(1, 2);
    input << 3, 4;
    table.forward(input, true, random);
    table.backward(Matrix::Ones(1, 4), nullptr);
    const Matrix& gradient = *table.parameters()[0].gradient;
    CHECK(gradient.row(3).isZero(0) == keep);
    CHECK(gradient.row(4).isOnes(0));
    CHECK_THROWS_AS(table.start({{{{3, {1}}}}, keep}), std::invalid_argument);
    CHECK_THROWS_AS(table.start({{{{5, {1, 1}}}}, keep}), std::invalid_argument);
    CHECK_THROWS_AS(table.start({{}, keep}), std::invalid_argument);
  }
}

TEST_CASE("a convolution sees the past alone, and zeros before the window") {
  Random random(3);
  Convolution conv({8, 2, 3, 3, 2}, random);
  const Matrix input = normal(1, 16, 5);
  Matrix workspace;
  Matrix before;
  conv.infer(input.data(), 1, before, workspace);
  Matrix later = input;
  later.rightCols(6).setConstant(99);  // steps 5 to 7
  Matrix after;
  conv.infer(later.data(), 1, after, workspace);
  CHECK(after.leftCols(15) == before.leftCols(15));
  CHECK(after.rightCols(9) != before.rightCols(9));
}

TEST_CASE("padding changes nothing that an LSTM says, wherever it stands") {
  Random random(3);
  const Bilstm lstm({6, 2, 5, true, 0}, random);
  Matrix rows = Matrix::Zero(3, 12);
  const Matrix steps = normal(1, 8, 5);
  rows.row(0).head(8) = steps;
  rows.row(1).tail(8) = steps;
  rows.row(2).segment(0, 4) = steps.leftCols(4);
  rows.row(2).segment(6, 4) = steps.rightCols(4);
  Matrix output;
  Matrix workspace;
  lstm.infer(rows.data(), 3, output, workspace);
  CHECK(output.row(0).isApprox(output.row(1), 1e-5F));
  CHECK(output.row(0).isApprox(output.row(2), 1e-5F));
}

TEST_CASE("weights start as their kind wants them") {
  Random random(11);
  Affine relu(400, 300, true, random);
  Affine output(400, 300, false, random);
  const auto deviation = [](Layer& layer) {
    const Matrix& w = *layer.parameters()[0].value;
    return std::sqrt(static_cast<double>(w.squaredNorm()) / static_cast<double>(w.size()));
  };
  CHECK(deviation(relu) == doctest::Approx(std::sqrt(2.0 / 400)).epsilon(0.02));
  CHECK(deviation(output) == doctest::Approx(std::sqrt(2.0 / 700)).epsilon(0.02));
  Bilstm lstm({4, 3, 10, false, 0}, random);
  for (const Parameter& p : lstm.parameters()) {
    if (p.name.ends_with("recurrent"))
      for (int gate = 0; gate < 4; ++gate) {
        const Matrix block = p.value->middleCols(10 * gate, 10);
        CHECK((block.transpose() * block).isApprox(Matrix::Identity(10, 10), 1e-5F));
      }
    if (p.name.ends_with("bias")) {
      CHECK(p.value->middleCols(10, 10).isOnes());  // forget gates
      CHECK(p.value->sum() == 10);
    }
  }
}

TEST_CASE("token 0 is padding, unknown tokens are all one") {
  Random random(2);
  TokenTable table({5, 0, {{1, 6}}, 3, 0}, random);
  Matrix tokens(1, 5);
  tokens << 0, 6, 1, 77, 4;
  Matrix output;
  Matrix workspace;
  table.infer(tokens.data(), 1, output, workspace);
  CHECK(output.leftCols(3).isZero(0));
  CHECK(output.middleCols(3, 3) == output.middleCols(6, 3));
  CHECK(output.middleCols(9, 3) == output.middleCols(6, 3));
  CHECK(output.rightCols(3) != output.middleCols(6, 3));
}

}  // namespace layers_test
}  // namespace faultprint::model
