// An encoder's shape for tests.
#pragma once

#include <utility>
#include <vector>

#include "model/dense_encoder.h"

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

}  // namespace faultprint::test
