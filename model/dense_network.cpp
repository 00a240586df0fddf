#include "model/dense_network.h"

#include <cmath>

#include "model/kernels/kernels.h"

namespace faultprint::model {
namespace {

constexpr float kVarianceFloor = 1e-5F;

Matrix random_weights(int in, int out, double deviation, Random& random) {
  std::normal_distribution<float> normal(0.0F, static_cast<float>(deviation));
  Matrix weights(in, out);
  for (Eigen::Index i = 0; i < weights.size(); ++i) weights.data()[i] = normal(random);
  return weights;
}

void gemm(bool transpose_a, bool transpose_b, const Matrix& a, const Matrix& b, Matrix& c) {
  const auto m = static_cast<int>(transpose_a ? a.cols() : a.rows());
  const auto k = static_cast<int>(transpose_a ? a.rows() : a.cols());
  const auto n = static_cast<int>(transpose_b ? b.rows() : b.cols());
  c.resize(m, n);
  fp_gemm(transpose_a, transpose_b, m, n, k, a.data(), b.data(), c.data(), 0);
}

}  // namespace

DenseNetwork::DenseNetwork(const EncoderSpec& spec, double dropout, Random& random)
    : spec_(spec), dropout_(dropout) {
  int in = spec.inputs();
  for (const int out : spec.hidden) {
    layers_.push_back({random_weights(in, out, std::sqrt(2.0 / in), random), RowVector::Zero(out)});
    in = out;
  }
  const int out = spec.embedding;
  layers_.push_back(
      {random_weights(in, out, std::sqrt(2.0 / (in + out)), random), RowVector::Zero(out)});
  gradients_ = layers_;
  activations_.resize(spec.hidden.size());
}

void DenseNetwork::affine(std::size_t layer, const Matrix& input, bool relu, Matrix& output) const {
  const DenseLayer& l = layers_[layer];
  output.resize(input.rows(), l.weights.cols());
  fp_affine(static_cast<int>(input.rows()), static_cast<int>(l.weights.rows()),
            static_cast<int>(l.weights.cols()), input.data(), l.weights.data(), l.bias.data(),
            output.data(), relu);
}

void DenseNetwork::drop(Matrix& activations, Random& random) {
  drop_mask_.resize(activations.rows(), activations.cols());
  const auto limit = static_cast<std::uint32_t>(dropout_ * 4294967296.0);
  const auto keep = static_cast<float>(1 / (1 - dropout_));
  for (Eigen::Index i = 0; i < drop_mask_.size(); i += 2) {
    const std::uint64_t bits = random();  // two draws in one
    drop_mask_.data()[i] = static_cast<std::uint32_t>(bits) < limit ? 0.0F : keep;
    if (i + 1 < drop_mask_.size())
      drop_mask_.data()[i + 1] = static_cast<std::uint32_t>(bits >> 32) < limit ? 0.0F : keep;
  }
  activations.array() *= drop_mask_.array();
}

const Matrix& DenseNetwork::forward(const Matrix& features, bool training, Random& random) {
  features_ = &features;
  const Matrix* input = &features;
  drop_mask_.resize(0, 0);
  for (std::size_t i = 0; i < activations_.size(); ++i) {
    affine(i, *input, true, activations_[i]);
    if (i == 0 && training && dropout_ > 0) drop(activations_[0], random);
    input = &activations_[i];
  }
  affine(layers_.size() - 1, *input, false, normalised_);
  batch_mean_ = normalised_.colwise().mean();
  normalised_.rowwise() -= batch_mean_;
  batch_variance_ = normalised_.array().square().colwise().mean().matrix();
  inverse_deviation_ = (batch_variance_.array() + kVarianceFloor).rsqrt().matrix();
  normalised_.array().rowwise() *= inverse_deviation_.array();
  embeddings_ = normalised_;
  apply_sigmoid(embeddings_);
  return embeddings_;
}

void DenseNetwork::backward(const Matrix& embedding_gradient) {
  // Through the sigmoid, then the normalisation: with z = (x - mean) s,
  // dx = s (dz - mean(dz) - z mean(dz z)).
  Matrix delta = (embedding_gradient.array() * embeddings_.array() * (1 - embeddings_.array()));
  const RowVector mean = delta.colwise().mean();
  const RowVector along = (delta.array() * normalised_.array()).colwise().mean().matrix();
  delta.rowwise() -= mean;
  delta.array() -= normalised_.array().rowwise() * along.array();
  delta.array().rowwise() *= inverse_deviation_.array();
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Matrix& input = i == 0 ? *features_ : activations_[i - 1];
    gemm(true, false, input, delta, gradients_[i].weights);
    gradients_[i].bias = delta.colwise().sum();
    if (i == 0) break;
    Matrix below;
    gemm(false, true, delta, layers_[i].weights, below);
    below.array() *= (activations_[i - 1].array() > 0).cast<float>();
    if (i == 1 && drop_mask_.size() > 0) below.array() *= drop_mask_.array();
    delta = std::move(below);
  }
}

DenseEncoder DenseNetwork::fold(const std::vector<Matrix>& batches, Random& random) {
  RowVector mean = RowVector::Zero(spec_.embedding);
  RowVector variance = RowVector::Zero(spec_.embedding);
  for (const Matrix& features : batches) {
    forward(features, false, random);
    mean += batch_mean_ / static_cast<float>(batches.size());
    variance += batch_variance_ / static_cast<float>(batches.size());
  }
  std::vector<DenseLayer> layers = layers_;
  const RowVector scale = (variance.array() + kVarianceFloor).rsqrt().matrix();
  DenseLayer& last = layers.back();
  last.weights.array().rowwise() *= scale.array();
  last.bias = ((last.bias - mean).array() * scale.array()).matrix();
  return {spec_, std::move(layers)};
}

}  // namespace faultprint::model
