// The dense encoder as it is used: features - hidden layers with ReLU - N, sigmoid. Siamese: one
// set of weights embeds every window. Immutable after it is made; scratch is handed in.
#pragma once

#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

struct EncoderSpec {
  int window = 0;  // T slots
  int kpis = 0;    // F
  std::vector<int> hidden = {256, 128};
  int embedding = 16;     // N
  bool summaries = true;  // per-KPI summaries beside the window

  int inputs() const;
  bool operator==(const EncoderSpec&) const = default;
};

struct DenseLayer {
  Matrix weights;  // in x out
  RowVector bias;  // out
};

class DenseEncoder {
 public:
  struct Scratch {
    Matrix features;
    Matrix layers[2];
  };

  DenseEncoder() = default;
  // Layers from input to output; std::invalid_argument when shapes do not follow the spec.
  DenseEncoder(EncoderSpec spec, std::vector<DenseLayer> layers);

  // windows: B x (T*F). Returns B x N in (0,1), valid until the scratch is used again. A row's
  // result is bit for bit the same in every batch.
  Eigen::Ref<const Matrix> embed(const MatrixView& windows, Scratch& scratch) const;

  const EncoderSpec& spec() const { return spec_; }
  const std::vector<DenseLayer>& layers() const { return layers_; }

 private:
  EncoderSpec spec_;
  std::vector<DenseLayer> layers_;
};

void apply_sigmoid(Matrix& logits);

}  // namespace faultprint::model
