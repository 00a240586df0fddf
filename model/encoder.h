// The encoder as it is used. Siamese: one set of weights embeds every window. Immutable after it is
// made; scratch is handed in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/encoder_spec.h"

namespace faultprint::model {

struct NamedTensor {
  std::string name;  // "<layer>.<parameter>"
  Matrix value;
};

class Encoder {
 public:
  struct Scratch {
    Matrix features;
    Matrix layers[2];
    Matrix workspace;
  };

  Encoder() = default;
  // Layers from input to logits; std::invalid_argument where they do not follow the spec.
  Encoder(EncoderSpec spec, std::vector<std::unique_ptr<Layer>> layers);
  // The spec's layers with these values; std::invalid_argument where one is missing, unknown, or
  // of another shape.
  Encoder(EncoderSpec spec, const std::vector<NamedTensor>& tensors);

  // windows: B x (T*F). Returns B x width(), valid until the scratch is used again; sigmoid
  // outputs lie in (0,1). A row's result is bit for bit the same in every batch.
  Eigen::Ref<const Matrix> embed(const MatrixView& windows, Scratch& scratch) const;

  const EncoderSpec& spec() const { return spec_; }
  std::vector<NamedTensor> tensors() const;

 private:
  EncoderSpec spec_;
  std::vector<std::shared_ptr<const Layer>> layers_;
};

// Logits to embeddings.
void apply_output(EncoderOutput output, Matrix& logits);

// The embeddings of rows of windows, in blocks (rows x width()).
Matrix embed_rows(const Encoder& encoder, const Matrix& windows,
                  const std::vector<std::size_t>& rows);

// The windows as the first layer wants them, B x inputs(); for dense encoders with their summaries.
Matrix features_of(const MatrixView& windows, const EncoderSpec& spec);

}  // namespace faultprint::model
