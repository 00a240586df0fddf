#include "model/network.h"

#include <cmath>

#include "model/layers/affine.h"

namespace faultprint::model {
namespace {

constexpr float kVarianceFloor = 1e-5F;

// The last layer's copies one below the other: (B * copies) x outputs of one.
Eigen::Map<Matrix> by_copy(Matrix& m, Eigen::Index width) {
  return {m.data(), m.size() / width, width};
}

}  // namespace

Network::Network(const EncoderSpec& spec, const NetworkOptions& options, Random& random)
    : spec_(spec),
      normalise_logits_(options.normalise_logits),
      layers_(make_layers(spec, options.dropout, random)),
      deltas_(layers_.size()) {
  for (const auto& layer : layers_) layer->use_threads(options.threads);
  if (!options.token_vectors.of_kpi.empty())
    dynamic_cast<TokenTable&>(*layers_.front()).start(options.token_vectors);
}

const Matrix& Network::forward(const Matrix& features, bool training, Random& random) {
  const Matrix* input = &features;
  for (const auto& layer : layers_) input = &layer->forward(*input, training, random);
  normalise(*input);
  embeddings_ = normalised_;
  if (spec_.output == EncoderOutput::sphere)
    lengths_ = (embeddings_.rowwise().squaredNorm().array() + 1e-12F).sqrt().matrix();
  apply_output(spec_.output, embeddings_);
  return embeddings_;
}

void Network::normalise(const Matrix& logits) {
  normalised_ = logits;
  if (!normalise_logits_) return;
  auto z = by_copy(normalised_, spec_.embedding);
  batch_mean_ = z.colwise().mean();
  z.rowwise() -= batch_mean_;
  batch_variance_ = z.array().square().colwise().mean().matrix();
  inverse_deviation_ = (batch_variance_.array() + kVarianceFloor).rsqrt().matrix();
  z.array().rowwise() *= inverse_deviation_.array();
}

// Through the output and the normalisation: with z = (x - mean) s,
// dx = s (dz - mean(dz) - z mean(dz z)).
void Network::backward_output(const Matrix& gradient, Matrix& delta) const {
  switch (spec_.output) {
    case EncoderOutput::sigmoid:
      delta = gradient.array() * embeddings_.array() * (1 - embeddings_.array());
      break;
    case EncoderOutput::linear:
      delta = gradient;
      break;
    case EncoderOutput::sphere: {
      const Eigen::VectorXf along = (gradient.array() * embeddings_.array()).rowwise().sum();
      delta = gradient - along.asDiagonal() * embeddings_;
      delta.array().colwise() /= lengths_.array();
      break;
    }
  }
  if (!normalise_logits_) return;
  auto d = by_copy(delta, spec_.embedding);
  const Eigen::Map<const Matrix> z(normalised_.data(), d.rows(), d.cols());
  const RowVector mean = d.colwise().mean();
  const RowVector along = (d.array() * z.array()).colwise().mean().matrix();
  d.rowwise() -= mean;
  d.array() -= z.array().rowwise() * along.array();
  d.array().rowwise() *= inverse_deviation_.array();
}

void Network::backward(const Matrix& embedding_gradient) {
  backward_output(embedding_gradient, deltas_.back());
  for (std::size_t i = layers_.size(); i-- > 0;)
    layers_[i]->backward(deltas_[i], i == 0 ? nullptr : &deltas_[i - 1]);
}

std::vector<Parameter> Network::parameters() {
  std::vector<Parameter> all;
  std::size_t number = 0;
  for (const auto& layer : layers_) {
    if (layer->training_only()) continue;
    for (Parameter parameter : layer->parameters()) {
      parameter.name = std::to_string(number) + "." + parameter.name;
      all.push_back(std::move(parameter));
    }
    ++number;
  }
  return all;
}

Encoder Network::fold(const std::vector<Matrix>& batches, Random& random) {
  RowVector mean = RowVector::Zero(spec_.embedding);
  RowVector variance = RowVector::Zero(spec_.embedding);
  for (const Matrix& features : batches) {
    if (!normalise_logits_) break;
    forward(features, false, random);
    mean += batch_mean_ / static_cast<float>(batches.size());
    variance += batch_variance_ / static_cast<float>(batches.size());
  }
  std::vector<std::unique_ptr<Layer>> layers;
  for (const auto& layer : layers_)
    if (!layer->training_only()) layers.push_back(layer->clone());
  if (normalise_logits_)
    dynamic_cast<Affine&>(*layers.back())
        .fold(mean, (variance.array() + kVarianceFloor).rsqrt().matrix());
  return Encoder(spec_,
                 Encoder(spec_, std::move(layers)).tensors());  // without what training keeps
}

}  // namespace faultprint::model
