#include "model/encoder.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "model/summaries.h"
#include "model/training_windows.h"

namespace faultprint::model {
namespace {

// Kernels give a row the same bits in every batch whose size is a multiple of this and at least
// that: Eigen multiplies in another order where rows + inputs + outputs < 20.
constexpr Eigen::Index kRowMultiple = 8;
constexpr Eigen::Index kLeastRows = 24;

Eigen::Index padded_rows(Eigen::Index rows) {
  return std::max(kLeastRows, (rows + kRowMultiple - 1) / kRowMultiple * kRowMultiple);
}

bool has_summaries(const EncoderSpec& spec) {
  return spec.kind == EncoderKind::dense && spec.summaries;
}

std::string parameter_name(std::size_t layer, const Parameter& parameter) {
  return std::to_string(layer) + "." + parameter.name;
}

// A header must not have room made for weights that no tensor brings.
void check_extent(const EncoderSpec& spec, const std::vector<NamedTensor>& tensors) {
  constexpr std::int64_t kSmall = 1 << 20;  // which is missing is told by name
  std::int64_t given = 0;
  for (const NamedTensor& t : tensors) given += t.value.size();
  if (weight_count(spec) > given + kSmall)
    throw std::invalid_argument("the encoder's header says more weights than there are");
}

// The spec's layers, holding the given values.
std::vector<std::unique_ptr<Layer>> filled_layers(const EncoderSpec& spec,
                                                  const std::vector<NamedTensor>& tensors) {
  check(spec);
  check_extent(spec, tensors);
  Random random(0);
  auto layers = make_layers(spec, {0, 0}, random);
  std::size_t used = 0;
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (const Parameter& parameter : layers[i]->parameters()) {
      const std::string name = parameter_name(i, parameter);
      const auto found = std::find_if(tensors.begin(), tensors.end(),
                                      [&](const NamedTensor& t) { return t.name == name; });
      if (found == tensors.end())
        throw std::invalid_argument("tensor 'encoder." + name + "' is missing");
      if (found->value.rows() != parameter.value->rows() ||
          found->value.cols() != parameter.value->cols())
        throw std::invalid_argument("'" + name +
                                    "' of the encoder has another shape than its header says");
      *parameter.value = found->value;
      ++used;
    }
  if (used != tensors.size())
    throw std::invalid_argument("the encoder has more layers than its header says");
  return layers;
}

}  // namespace

void apply_output(EncoderOutput output, Matrix& logits) {
  switch (output) {
    case EncoderOutput::sigmoid:
      logits.array() = 1.0F / (1.0F + (-logits.array()).exp());
      break;
    case EncoderOutput::linear:
      break;
    case EncoderOutput::sphere:
      for (Eigen::Index row = 0; row < logits.rows(); ++row)
        logits.row(row) /= std::sqrt(logits.row(row).squaredNorm() + 1e-12F);
      break;
  }
}

Matrix features_of(const MatrixView& windows, const EncoderSpec& spec) {
  Matrix features(windows.rows(), spec.inputs());
  make_features(windows, spec.window, spec.kpis, has_summaries(spec), features);
  return features;
}

Encoder::Encoder(EncoderSpec spec, std::vector<std::unique_ptr<Layer>> layers)
    : spec_(std::move(spec)) {
  int width = spec_.inputs();
  for (auto& layer : layers) {
    if (layer->inputs() != width)
      throw std::invalid_argument("the encoder's layers do not follow each other");
    width = layer->outputs();
    layer->prepare();
    layers_.push_back(std::move(layer));
  }
  if (layers_.empty() || width != spec_.width())
    throw std::invalid_argument("the encoder's layers do not end in its embedding");
}

Encoder::Encoder(EncoderSpec spec, const std::vector<NamedTensor>& tensors)
    : Encoder(spec, filled_layers(spec, tensors)) {}

std::vector<NamedTensor> Encoder::tensors() const {
  std::vector<NamedTensor> all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const auto copy = layers_[i]->clone();
    for (const Parameter& parameter : copy->parameters())
      all.push_back({parameter_name(i, parameter), *parameter.value});
  }
  return all;
}

Eigen::Ref<const Matrix> Encoder::embed(const MatrixView& windows, Scratch& scratch) const {
  const Eigen::Index rows = windows.rows();
  const Eigen::Index padded = padded_rows(rows);
  const float* input = windows.data();
  if (has_summaries(spec_) || padded != rows || windows.outerStride() != windows.cols()) {
    scratch.features.resize(padded, spec_.inputs());
    make_features(windows, spec_.window, spec_.kpis, has_summaries(spec_), scratch.features);
    scratch.features.bottomRows(padded - rows).setZero();
    input = scratch.features.data();
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Matrix& output = scratch.layers[i % 2];
    layers_[i]->infer(input, padded, output, scratch.workspace);
    input = output.data();
  }
  Matrix& out = scratch.layers[(layers_.size() - 1) % 2];
  apply_output(spec_.output, out);
  return out.topRows(rows);
}

Matrix embed_rows(const Encoder& encoder, const Matrix& windows,
                  const std::vector<std::size_t>& rows) {
  constexpr std::size_t kBlock = 1024;
  Matrix embeddings(static_cast<Eigen::Index>(rows.size()), encoder.spec().width());
  Encoder::Scratch scratch;
  for (std::size_t first = 0; first < rows.size(); first += kBlock) {
    const std::vector<std::size_t> block(
        rows.begin() + static_cast<std::ptrdiff_t>(first),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(first + kBlock, rows.size())));
    embeddings.middleRows(static_cast<Eigen::Index>(first),
                          static_cast<Eigen::Index>(block.size())) =
        encoder.embed(take_rows(windows, block), scratch);
  }
  return embeddings;
}

}  // namespace faultprint::model
