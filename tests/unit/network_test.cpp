#include "model/network.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "model/loss.h"
#include "tests/unit/encoder_spec.h"

namespace faultprint::model {
namespace network_test {

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

BatchLoss lossless(const Matrix& embeddings, const std::vector<int>& labels) {
  return Loss({}, static_cast<int>(embeddings.cols())).over_labels(embeddings, labels);
}

NetworkOptions without_dropout() {
  NetworkOptions options;
  options.dropout = {0, 0};
  return options;
}

NetworkOptions with_dropout(double share) {
  NetworkOptions options;
  options.dropout.share = share;
  return options;
}

// Biases start at zero: move them off it.
void move_biases(Network& network, float size = 0.3F) {
  for (Parameter& p : network.parameters())
    if (!p.decays) *p.value += random_matrix(1, p.value->cols(), 3) * size;
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
    Network network(spec, without_dropout(), random);
    move_biases(network);
    const Matrix features = random_matrix(kRows, spec.inputs(), 5);
    const auto labels = labels_of(kRows);
    const BatchLoss loss = lossless(network.forward(features, true, random), labels);
    network.backward(loss.gradient);

    std::vector<MatrixXd> weights;
    std::vector<MatrixXd> biases;
    const std::vector<Parameter> parameters = network.parameters();
    for (const Parameter& p : parameters)
      (p.decays ? weights : biases).emplace_back(p.value->cast<double>());
    CHECK(loss.loss == doctest::Approx(reference_loss(features, weights, biases, labels)));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const Matrix& weight_gradient = *parameters[2 * i].gradient;
      const double size = weight_gradient.cwiseAbs().maxCoeff();
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
      check(weights[i], weight_gradient);
      check(biases[i], *parameters[2 * i + 1].gradient);
    }
  }
}

// Along the gradient of each parameter, and along two random directions: float arithmetic is too
// coarse for single weights.
void check_directions(Network& network, const std::function<double()>& loss) {
  std::vector<Matrix> gradients;
  for (const Parameter& p : network.parameters()) gradients.push_back(*p.gradient);
  std::size_t i = 0;
  for (const Parameter& p : network.parameters()) {
    const Matrix& g = gradients[i++];
    const Matrix original = *p.value;
    CAPTURE(p.name);
    for (int way = 0; way < 3; ++way) {
      Matrix direction =
          way == 0 ? g : Matrix(random_matrix(g.rows(), g.cols(), 50 + way) * g.norm() + 2 * g);
      if (direction.norm() < 1e-6F) continue;  // a bias that the normalisation takes out
      direction /= direction.norm();
      const double expected = (g.array() * direction.array()).sum();
      CAPTURE(way);
      // A step may pass a kink of the ReLU: then one of another length does not, or less so.
      double off = std::numeric_limits<double>::infinity();
      for (const float step : {3e-3F, 1e-3F}) {
        *p.value = original + step * direction;
        const double up = loss();
        *p.value = original - step * direction;
        off = std::min(off, std::abs((up - loss()) / (2 * step) - expected));
      }
      *p.value = original;
      CHECK(off < 0.05 * g.norm() + 1e-4);
    }
  }
}

// Two numbers, a state and a text of three tokens.
EncoderSpec mixed(EncoderKind kind) {
  EncoderSpec spec = default_spec(kind, 8, 2);
  spec.tokens = {{1, 9}, {3, 7}};
  spec.token_width = 3;
  spec.hidden = {24};
  spec.channels = 16;
  spec.units = 6;
  return spec;
}

TEST_CASE("gradients of every kind and output agree with finite differences of the loss") {
  EncoderSpec tokens = default_spec(EncoderKind::bilstm, 6, 0);
  tokens.tokens = {{1, 9}};
  tokens.units = 7;
  EncoderSpec sphere = spec_of(3, 4, {24}, 5);
  sphere.output = EncoderOutput::sphere;
  EncoderSpec conv = default_spec(EncoderKind::conv, 10, 3);
  conv.channels = 16;
  EncoderSpec deep = default_spec(EncoderKind::conv, 40, 2);  // steps are seen, and zeros before
  deep.channels = 16;
  deep.further_convolutions = 3;
  EncoderSpec lstm = default_spec(EncoderKind::bilstm, 5, 3);
  lstm.units = 6;
  for (const EncoderSpec& spec :
       {conv, deep, lstm, tokens, mixed(EncoderKind::dense), mixed(EncoderKind::conv),
        mixed(EncoderKind::bilstm), sphere, default_spec(EncoderKind::universal, 8, 3)})
    for (const bool normalise : {true, false}) {
      CAPTURE(name(spec.kind));
      CAPTURE(normalise);
      Random random(1);
      NetworkOptions options = without_dropout();
      options.normalise_logits = normalise;
      Network network(spec, options, random);
      move_biases(network);
      Matrix features = random_matrix(12, spec.inputs(), 6);
      for (int cell = 0; cell < spec.cells(); ++cell)
        if (cell % spec.columns() >= spec.kpis)
          features.col(cell) = (features.col(cell).array() * 3 + 2).round().max(0).min(8);
      const auto labels = labels_of(12);
      LossOptions chosen;
      if (spec.output == EncoderOutput::sphere) chosen.lossless.n = chosen.lossless.beta = 4;
      Loss loss(chosen, spec.width());
      const auto value = [&] {
        return loss.over_labels(network.forward(features, true, random), labels).loss;
      };
      network.backward(loss.over_labels(network.forward(features, true, random), labels).gradient);
      check_directions(network, value);
    }
}

TEST_CASE("with dropout, gradients agree with finite differences under the same mask") {
  EncoderSpec lstm = default_spec(EncoderKind::bilstm, 5, 3);
  lstm.units = 12;
  for (const EncoderSpec& spec : {spec_of(3, 4, {24, 11}, 4), lstm}) {
    CAPTURE(name(spec.kind));
    Random random(1);
    NetworkOptions options = with_dropout(0.4);
    options.dropout.recurrent = 0.3;
    Network network(spec, options, random);
    move_biases(network);
    const Matrix features = random_matrix(12, spec.inputs(), 6);
    const auto labels = labels_of(12);
    const auto loss = [&] {
      Random same_mask(99);
      return lossless(network.forward(features, true, same_mask), labels);
    };
    network.backward(loss().gradient);
    check_directions(network, [&] { return loss().loss; });
  }
}

TEST_CASE("dropout silences its share in training, and none otherwise") {
  Random random(1);
  Network network(spec_of(4, 4, {400}, 3), with_dropout(0.25), random);
  const Matrix features = random_matrix(32, 16, 6);
  const Matrix calm = network.forward(features, false, random);
  CHECK(network.forward(features, false, random) == calm);
  CHECK(network.forward(features, true, random) != calm);
  // Every unit fires unless it is dropped. The normalisation makes the rows' gradients sum to zero,
  // so a unit kept in all three rows, or dropped in all, has none: .75^3 + .25^3 of them.
  const std::vector<Parameter> parameters = network.parameters();
  parameters[0].value->setZero();
  parameters[1].value->setOnes();
  Matrix gradient = Matrix::Zero(3, 3);
  gradient(0, 0) = 1;
  gradient(1, 0) = 0.3F;
  long silent = 0;
  constexpr int kTrials = 60;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Matrix rows = features.topRows(3);
    network.forward(rows, true, random);
    network.backward(gradient);
    const Eigen::ArrayXf g = parameters[2].gradient->col(0).array().abs();
    silent += (g < 1e-3F * g.maxCoeff()).count();
  }
  CHECK(static_cast<double>(silent) / (400 * kTrials) == doctest::Approx(0.4375).epsilon(0.04));
}

TEST_CASE("embeddings are normalised over their batch: mean logit 0, deviation 1") {
  Random random(4);
  Network network(spec_of(3, 3, {16}, 5), {}, random);
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
  Network network(spec, with_dropout(0.3), random);
  move_biases(network, 0.5F);
  const Matrix windows = random_matrix(40, 12, 2);
  Encoder::Scratch scratch;

  const std::vector<Matrix> one{features_of(windows, spec)};
  const Encoder encoder = network.fold(one, random);
  const Matrix expected = network.forward(one[0], false, random);
  CHECK((encoder.embed(windows, scratch) - expected).cwiseAbs().maxCoeff() < 2e-6F);

  // Two batches: means of their means and of their variances, told from the raw logits.
  const Matrix others = random_matrix(24, 12, 3) * 2.0F;
  const std::vector<Matrix> two{one[0], features_of(others, spec)};
  const Encoder folded = network.fold(two, random);
  std::vector<NamedTensor> raw;
  for (const Parameter& p : network.parameters()) raw.push_back({p.name, *p.value});
  raw[raw.size() - 2].value *= 0.05F;  // keeps the sigmoid where it can be undone
  raw.back().value *= 0.05F;
  const Encoder plain(spec, raw);
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
  Network first(spec, {}, a), same(spec, {}, b), other(spec, {}, c);
  CHECK(*first.parameters()[0].value == *same.parameters()[0].value);
  CHECK(*first.parameters()[0].value != *other.parameters()[0].value);
}

}  // namespace network_test
}  // namespace faultprint::model
