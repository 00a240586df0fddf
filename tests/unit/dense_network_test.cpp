#include "model/dense_network.h"

#include <doctest/doctest.h>

#include <cmath>

#include "model/lossless_triplet.h"
#include "model/summaries.h"
#include "tests/unit/encoder_spec.h"

namespace faultprint::model {
namespace {

using Eigen::MatrixXd;

using test::spec_of;

Matrix random_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  Random random(seed);
  std::normal_distribution<float> normal(0, 1);
  Matrix m(rows, cols);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = normal(random);
  return m;
}

std::vector<int> labels_of(int rows) {
  std::vector<int> labels;
  for (int i = 0; i < rows; ++i) labels.push_back(i % 3);
  return labels;
}

// The loss of a batch by another road, in double: layers, normalised logits, sigmoid, pairs.
double reference_loss(const Matrix& features, const std::vector<MatrixXd>& weights,
                      const std::vector<MatrixXd>& biases, const std::vector<int>& labels) {
  MatrixXd x = features.cast<double>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    x = (x * weights[i]).rowwise() + biases[i].row(0);
    if (i + 1 < weights.size()) x = x.cwiseMax(0);
  }
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    x.col(j).array() -= x.col(j).mean();
    x.col(j) /= std::sqrt(x.col(j).squaredNorm() / static_cast<double>(x.rows()) + 1e-5);
  }
  const MatrixXd e = (1 / (1 + (-x.array()).exp())).matrix();
  double sum = 0;
  double triplets = 0;
  for (Eigen::Index a = 0; a < e.rows(); ++a)
    for (Eigen::Index p = 0; p < e.rows(); ++p)
      for (Eigen::Index n = 0; n < e.rows(); ++n) {
        if (a == p || labels[a] != labels[p] || labels[a] == labels[n]) continue;
        sum += lossless_triplet(e.row(a).transpose(), e.row(p).transpose(), e.row(n).transpose(),
                                {0, 0, 1e-6})
                   .loss;
        ++triplets;
      }
  return sum / triplets;
}

TEST_CASE("every gradient agrees with finite differences of the loss in double") {
  const std::vector<EncoderSpec> shapes = {
      spec_of(3, 2, {}, 3),
      spec_of(2, 2, {5}, 4),
      spec_of(2, 3, {7, 4}, 2),
      spec_of(1, 5, {6, 9, 3}, 5),
  };
  constexpr double kStep = 1e-5;
  constexpr int kRows = 9;
  for (const EncoderSpec& spec : shapes) {
    CAPTURE(spec.hidden.size());
    Random random(spec.hidden.size() + 7);
    DenseNetwork network(spec, 0, random);
    for (DenseLayer& layer : network.layers())  // biases start at zero: move them off it
      layer.bias = random_matrix(1, layer.bias.size(), 3) * 0.3F;
    const Matrix features = random_matrix(kRows, spec.inputs(), 5);
    const auto labels = labels_of(kRows);
    const BatchLoss loss =
        lossless_all_triplets(network.forward(features, true, random), labels, {});
    network.backward(loss.gradient);

    std::vector<MatrixXd> weights;
    std::vector<MatrixXd> biases;
    for (const DenseLayer& layer : network.layers()) {
      weights.emplace_back(layer.weights.cast<double>());
      biases.emplace_back(layer.bias.cast<double>());
    }
    CHECK(loss.loss == doctest::Approx(reference_loss(features, weights, biases, labels)));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double size = network.gradients()[i].weights.cwiseAbs().maxCoeff();
      REQUIRE(size > 1e-3);
      const auto check = [&](MatrixXd& values, const Matrix& gradient) {
        for (Eigen::Index j = 0; j < values.size(); ++j) {
          const Eigen::Index row = j / values.cols();
          const Eigen::Index col = j % values.cols();
          double& value = values(row, col);
          const double kept = value;
          value = kept + kStep;
          const double up = reference_loss(features, weights, biases, labels);
          value = kept - kStep;
          const double down = reference_loss(features, weights, biases, labels);
          value = kept;
          CHECK(std::abs(gradient(row, col) - (up - down) / (2 * kStep)) < 2e-4 * size);
        }
      };
      check(weights[i], network.gradients()[i].weights);
      check(biases[i], network.gradients()[i].bias);
    }
  }
}

TEST_CASE("with dropout, gradients agree with finite differences under the same mask") {
  Random random(1);
  DenseNetwork network(spec_of(3, 4, {24, 11}, 4), 0.4, random);
  for (DenseLayer& layer : network.layers())
    layer.bias = random_matrix(1, layer.bias.size(), 3) * 0.3F;
  const Matrix features = random_matrix(12, 12, 6);
  const auto labels = labels_of(12);
  const auto loss = [&] {
    Random same_mask(99);
    return lossless_all_triplets(network.forward(features, true, same_mask), labels, {});
  };
  network.backward(loss().gradient);
  const std::vector<DenseLayer> gradients = network.gradients();
  // Along the gradient of each layer's weights, and along two random directions: float arithmetic
  // is too coarse for single weights.
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const Matrix& g = gradients[i].weights;
    const Matrix original = network.layers()[i].weights;
    for (int way = 0; way < 3; ++way) {
      Matrix direction = random_matrix(g.rows(), g.cols(), 50 + way) + (way == 0 ? 0.0F : 2.0F) * g;
      if (way == 0) direction = g;
      direction /= direction.norm();
      constexpr float kStep = 2e-3F;
      network.layers()[i].weights = original + kStep * direction;
      const double up = loss().loss;
      network.layers()[i].weights = original - kStep * direction;
      const double down = loss().loss;
      network.layers()[i].weights = original;
      const double expected = (g.array() * direction.array()).sum();
      CAPTURE(i);
      CAPTURE(way);
      CHECK(std::abs((up - down) / (2 * kStep) - expected) < 0.02 * g.norm());
    }
  }
}

TEST_CASE("dropout silences its share in training, and none otherwise") {
  Random random(1);
  DenseNetwork network(spec_of(4, 4, {400}, 3), 0.25, random);
  const Matrix features = random_matrix(32, 16, 6);
  const Matrix calm = network.forward(features, false, random);
  CHECK(network.forward(features, false, random) == calm);
  CHECK(network.forward(features, true, random) != calm);
  // Every unit fires unless it is dropped. The normalisation makes the rows' gradients sum to zero,
  // so a unit kept in all three rows, or dropped in all, has none: .75^3 + .25^3 of them.
  network.layers()[0].weights.setZero();
  network.layers()[0].bias.setOnes();
  Matrix gradient = Matrix::Zero(3, 3);
  gradient(0, 0) = 1;
  gradient(1, 0) = 0.3F;
  long silent = 0;
  constexpr int kTrials = 60;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Matrix rows = features.topRows(3);
    network.forward(rows, true, random);
    network.backward(gradient);
    const Eigen::ArrayXf g = network.gradients()[1].weights.col(0).array().abs();
    silent += (g < 1e-3F * g.maxCoeff()).count();
  }
  CHECK(static_cast<double>(silent) / (400 * kTrials) == doctest::Approx(0.4375).epsilon(0.04));
}

TEST_CASE("embeddings are normalised over their batch: mean logit 0, deviation 1") {
  Random random(4);
  DenseNetwork network(spec_of(3, 3, {16}, 5), 0, random);
  const Matrix e = network.forward(random_matrix(50, 9, 1) * 40.0F, false, random);
  const Eigen::ArrayXXf logits = (e.array() / (1 - e.array())).log();
  for (Eigen::Index j = 0; j < 5; ++j) {
    CHECK(std::abs(logits.col(j).mean()) < 1e-3F);
    CHECK(logits.col(j).square().mean() == doctest::Approx(1).epsilon(1e-3));
  }
}

TEST_CASE("the exported encoder embeds as the network normalised with those statistics") {
  Random random(8);
  const EncoderSpec spec = spec_of(4, 3, {20, 10}, 6, true);
  DenseNetwork network(spec, 0.3, random);
  for (DenseLayer& layer : network.layers())
    layer.bias = random_matrix(1, layer.bias.size(), 3) * 0.5F;
  const auto features_of = [&](const Matrix& windows) {
    Matrix features(windows.rows(), spec.inputs());
    make_features(windows, spec.window, spec.kpis, spec.summaries, features);
    return features;
  };
  const Matrix windows = random_matrix(40, 12, 2);
  DenseEncoder::Scratch scratch;

  const std::vector<Matrix> one{features_of(windows)};
  const DenseEncoder encoder = network.fold(one, random);
  const Matrix expected = network.forward(one[0], false, random);
  CHECK((encoder.embed(windows, scratch) - expected).cwiseAbs().maxCoeff() < 2e-6F);

  // Two batches: means of their means and of their variances, told from the raw logits.
  const Matrix others = random_matrix(24, 12, 3) * 2.0F;
  const std::vector<Matrix> two{one[0], features_of(others)};
  const DenseEncoder folded = network.fold(two, random);
  std::vector<DenseLayer> raw = network.layers();
  raw.back().weights *= 0.05F;  // keeps the sigmoid where it can be undone
  raw.back().bias *= 0.05F;
  const DenseEncoder plain(spec, raw);
  const auto logits = [&](const Matrix& w) {
    const Matrix e = plain.embed(w, scratch);
    return Eigen::ArrayXXd((e.cast<double>().array() / (1 - e.cast<double>().array())).log() /
                           0.05);
  };
  const auto first = logits(windows);
  const auto second = logits(others);
  for (Eigen::Index j = 0; j < 6; ++j) {
    const double m1 = first.col(j).mean();
    const double m2 = second.col(j).mean();
    const double variance =
        ((first.col(j) - m1).square().mean() + (second.col(j) - m2).square().mean()) / 2;
    const Eigen::ArrayXd z = (first.col(j) - (m1 + m2) / 2) / std::sqrt(variance + 1e-5);
    const Eigen::ArrayXd e = 1 / (1 + (-z).exp());
    const Eigen::ArrayXd seen =
        Matrix(folded.embed(windows, scratch)).col(j).cast<double>().array();
    CHECK((e - seen).abs().maxCoeff() < 1e-4);
  }
}

TEST_CASE("one seed makes one network, another seed another") {
  Random a(5), b(5), c(6);
  const EncoderSpec spec = spec_of(3, 3, {16}, 5);
  DenseNetwork first(spec, 0, a), same(spec, 0, b), other(spec, 0, c);
  CHECK(first.layers()[0].weights == same.layers()[0].weights);
  CHECK(first.layers()[0].weights != other.layers()[0].weights);
}

}  // namespace
}  // namespace faultprint::model
