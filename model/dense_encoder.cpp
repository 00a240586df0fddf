#include "model/dense_encoder.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "model/kernels/kernels.h"
#include "model/summaries.h"

namespace faultprint::model {
namespace {

// Kernels give a row the same bits in every batch whose size is a multiple of this and at least
// that: Eigen multiplies in another order where rows + inputs + outputs < 20.
constexpr Eigen::Index kRowMultiple = 8;
constexpr Eigen::Index kLeastRows = 24;

Eigen::Index padded_rows(Eigen::Index rows) {
  return std::max(kLeastRows, (rows + kRowMultiple - 1) / kRowMultiple * kRowMultiple);
}

}  // namespace

int EncoderSpec::inputs() const { return feature_count(window, kpis, summaries); }

void apply_sigmoid(Matrix& logits) { logits.array() = 1.0F / (1.0F + (-logits.array()).exp()); }

DenseEncoder::DenseEncoder(EncoderSpec spec, std::vector<DenseLayer> layers)
    : spec_(std::move(spec)), layers_(std::move(layers)) {
  std::vector<int> widths = {spec_.inputs()};
  widths.insert(widths.end(), spec_.hidden.begin(), spec_.hidden.end());
  widths.push_back(spec_.embedding);
  if (layers_.size() + 1 != widths.size())
    throw std::invalid_argument("the encoder has another number of layers than its header says");
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const DenseLayer& layer = layers_[i];
    if (layer.weights.rows() != widths[i] || layer.weights.cols() != widths[i + 1] ||
        layer.bias.size() != widths[i + 1])
      throw std::invalid_argument("layer " + std::to_string(i) +
                                  " of the encoder has another shape than its header says");
  }
}

Eigen::Ref<const Matrix> DenseEncoder::embed(const MatrixView& windows, Scratch& scratch) const {
  const Eigen::Index rows = windows.rows();
  const Eigen::Index padded = padded_rows(rows);
  const float* input = windows.data();
  if (spec_.summaries || padded != rows || windows.outerStride() != windows.cols()) {
    scratch.features.resize(padded, spec_.inputs());
    make_features(windows, spec_.window, spec_.kpis, spec_.summaries, scratch.features);
    scratch.features.bottomRows(padded - rows).setZero();
    input = scratch.features.data();
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Matrix& output = scratch.layers[i % 2];
    const DenseLayer& layer = layers_[i];
    output.resize(padded, layer.weights.cols());
    fp_affine(static_cast<int>(padded), static_cast<int>(layer.weights.rows()),
              static_cast<int>(layer.weights.cols()), input, layer.weights.data(),
              layer.bias.data(), output.data(), i + 1 < layers_.size());
    input = output.data();
  }
  Matrix& out = scratch.layers[(layers_.size() - 1) % 2];
  apply_sigmoid(out);
  return out.topRows(rows);
}

}  // namespace faultprint::model
