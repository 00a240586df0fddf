// The dense encoder while it is trained: forward and backward passes by hand. Between the last
// affine layer and the sigmoid stands a batch normalisation without parameters of its own
// ("normalised logits"): it keeps the sigmoid out of saturation, and is folded into the last layer
// on export.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "model/dense_encoder.h"

namespace faultprint::model {

using Random = std::mt19937_64;

class DenseNetwork {
 public:
  // He initialisation for the ReLU layers, Glorot for the output.
  DenseNetwork(const EncoderSpec& spec, double dropout, Random& random);

  // features: B x D, kept by pointer until backward. training: dropout after the first layer.
  // Returns B x N embeddings in (0,1), normalised over this batch.
  const Matrix& forward(const Matrix& features, bool training, Random& random);
  // embedding_gradient: B x N. Fills gradients(); call after forward(.., true, ..) or (.., false,
  // ..).
  void backward(const Matrix& embedding_gradient);

  std::vector<DenseLayer>& layers() { return layers_; }
  const std::vector<DenseLayer>& gradients() const { return gradients_; }

  // Logit statistics of the batches that representative features come in (B x D each), by which
  // the exported network normalises.
  DenseEncoder fold(const std::vector<Matrix>& batches, Random& random);

 private:
  void affine(std::size_t layer, const Matrix& input, bool relu, Matrix& output) const;
  void drop(Matrix& activations, Random& random);

  EncoderSpec spec_;
  double dropout_;
  std::vector<DenseLayer> layers_;
  std::vector<DenseLayer> gradients_;
  const Matrix* features_ = nullptr;
  std::vector<Matrix> activations_;  // after each hidden layer
  Matrix drop_mask_;                 // 0 or 1 / (1 - p); empty when nothing was dropped
  Matrix normalised_;                // B x N, logits after normalisation
  RowVector inverse_deviation_;
  RowVector batch_mean_;
  RowVector batch_variance_;
  Matrix embeddings_;
};

}  // namespace faultprint::model
