// An encoder's shape for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/encoder.h"

namespace faultprint::test {

inline model::EncoderSpec spec_of(int window, int kpis, std::vector<int> hidden, int embedding,
                                  bool summaries = false) {
  model::EncoderSpec spec;
  spec.window = window;
  spec.kpis = kpis;
  spec.hidden = std::move(hidden);
  spec.embedding = embedding;
  spec.summaries = summaries;
  return spec;
}

// A dense encoder by hand: for each layer its weights (in x out) and biases (1 x out).
inline model::Encoder encoder_of(
    const model::EncoderSpec& spec,
    const std::vector<std::pair<model::Matrix, model::Matrix>>& layers) {
  std::vector<model::NamedTensor> tensors;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    tensors.push_back({std::to_string(i) + ".weight", layers[i].first});
    tensors.push_back({std::to_string(i) + ".bias", layers[i].second});
  }
  return {spec, tensors};
}

}  // namespace faultprint::test
