// The encoder while it is trained. Between the logits and the sigmoid stands a batch normalisation
// without parameters of its own ("normalised logits"): it keeps the sigmoid out of saturation, and
// is folded into the last layer on export. Off, it is the published form.
#pragma once

#include <memory>
#include <vector>

#include "model/encoder.h"

namespace faultprint::model {

struct NetworkOptions {
  DropoutOptions dropout;
  bool normalise_logits = true;
  int threads = 1;  // of convolutions and their norms; the model is the same bits with any number
  TokenVectors token_vectors;  // where those of tokens start; empty: by chance
};

class Network {
 public:
  Network(const EncoderSpec& spec, const NetworkOptions& options, Random& random);

  // features: B x D, kept by pointer until backward. training: with dropout. Returns B x width()
  // embeddings, normalised over this batch.
  const Matrix& forward(const Matrix& features, bool training, Random& random);
  // embedding_gradient: B x width(), after a forward. Sets the parameters' gradients.
  void backward(const Matrix& embedding_gradient);

  // Of all layers, named "<layer>.<parameter>" as the exported encoder names them.
  std::vector<Parameter> parameters();

  // The encoder for use. batches: representative features (B x D each), by whose logit statistics
  // it normalises.
  Encoder fold(const std::vector<Matrix>& batches, Random& random);

 private:
  void normalise(const Matrix& logits);
  void backward_output(const Matrix& embedding_gradient, Matrix& delta) const;

  EncoderSpec spec_;
  bool normalise_logits_;
  std::vector<std::unique_ptr<Layer>> layers_;
  Matrix normalised_;  // logits after normalisation
  RowVector inverse_deviation_;
  RowVector batch_mean_;  // of a copy's logits
  RowVector batch_variance_;
  Eigen::VectorXf lengths_;  // of the logits' rows, for the sphere
  Matrix embeddings_;
  std::vector<Matrix> deltas_;  // of each layer's output; all kept, so that none is allocated anew
};

}  // namespace faultprint::model
