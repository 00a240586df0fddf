// The shape of an encoder, and the layers it stands for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/layers/layer.h"
#include "model/layers/token_table.h"

namespace faultprint::model {

enum class EncoderKind {
  dense,      // the window, and unless off per-KPI summaries - hidden layers with ReLU - N
  conv,       // dilated causal convolutions, group norm, ReLU; mean and greatest over time - N
  bilstm,     // last states of both directions - 64 ReLU - N
  universal,  // one small network for the curve of every KPI; their outputs side by side
};

enum class EncoderOutput {
  sigmoid,  // each value in (0,1)
  linear,   // as it comes; the lossless losses are not defined on it
  sphere,   // on the unit sphere (L2-normalised); lossless: N = beta = 4
};

struct EncoderSpec {
  EncoderKind kind = EncoderKind::dense;
  int window = 0;                        // T slots
  int kpis = 0;                          // F: deviations, the first columns of a slot
  std::vector<int> hidden = {256, 128};  // dense, universal: widths of the ReLU layers
  int embedding = 16;                    // N; universal: for each KPI
  bool summaries = true;                 // dense: per-KPI summaries beside the window
  int channels = 64;                     // conv
  int further_convolutions = 0;          // conv: behind its first three, dilation 8, 16, 32, ...
  int units = 50;                        // bilstm: a direction
  // The columns behind them hold token numbers, and a learned vector stands for each (not with
  // universal). Where there is one such KPI and nothing else, conv and bilstm read the window as
  // one sequence of its tokens, bilstm without those that are padding; else a slot is a step.
  std::vector<TokenColumns> tokens;
  int token_width = 16;  // values in a token's vector
  EncoderOutput output = EncoderOutput::sigmoid;

  int columns() const;                              // of a slot
  int cells() const { return window * columns(); }  // of a window
  int inputs() const;                               // width of what the first layer sees
  int width() const;                                // of an embedding
  bool operator==(const EncoderSpec&) const = default;
};

// What is usual for the kind, given T and F.
EncoderSpec default_spec(EncoderKind kind, int window, int kpis);

// How many further convolutions let each output see a third of the steps of a window; 0 where the
// first three do, and for other kinds. To be asked again when tokens have come.
int further_convolutions_for(const EncoderSpec& spec);

// Values in all its layers, without making them.
std::int64_t weight_count(const EncoderSpec& spec);

// Dropout while training: after the first hidden layer (dense, universal), before the last one
// (conv), or before the layer behind the LSTM with `recurrent` within it (bilstm).
struct DropoutOptions {
  double share = 0.2;
  double recurrent = 0.1;
};

// From input to logits, freshly initialised; the last is an Affine.
std::vector<std::unique_ptr<Layer>> make_layers(const EncoderSpec& spec,
                                                const DropoutOptions& dropout, Random& random);

// std::invalid_argument naming what cannot be.
void check(const EncoderSpec& spec);

const char* name(EncoderKind kind);
const char* name(EncoderOutput output);
// std::invalid_argument for a name that is none.
EncoderKind encoder_kind(const std::string& name);
EncoderOutput encoder_output(const std::string& name);

}  // namespace faultprint::model
