#include "model/encoder_spec.h"

#include <array>
#include <stdexcept>

#include "model/layers/affine.h"
#include "model/layers/bilstm.h"
#include "model/layers/by_kpi.h"
#include "model/layers/convolution.h"
#include "model/layers/dropout.h"
#include "model/layers/group_norm.h"
#include "model/layers/pooling.h"
#include "model/layers/token_table.h"
#include "model/summaries.h"

namespace faultprint::model {
namespace {

constexpr std::array kKinds = {"dense", "conv", "bilstm", "universal"};
constexpr std::array kOutputs = {"sigmoid", "linear", "sphere"};
constexpr int kGroups = 8;
constexpr int kBehindLstm = 64;

using Layers = std::vector<std::unique_ptr<Layer>>;

void add_dropout(Layers& layers, double share) {
  if (share > 0) layers.push_back(std::make_unique<Dropout>(layers.back()->outputs(), share));
}

// ReLU layers and the logits behind them.
void add_dense(Layers& layers, const EncoderSpec& spec, int in, int copies, double dropout,
               Random& random) {
  for (std::size_t i = 0; i < spec.hidden.size(); ++i) {
    layers.push_back(std::make_unique<Affine>(in, spec.hidden[i], true, random, copies));
    if (i == 0) add_dropout(layers, dropout);
    in = spec.hidden[i];
  }
  layers.push_back(std::make_unique<Affine>(in, spec.embedding, false, random, copies));
}

struct Sequence {
  int steps;
  int channels;
};

// One sequence of tokens, and nothing else.
bool is_text(const EncoderSpec& spec) { return spec.kpis == 0 && spec.tokens.size() == 1; }

// Vectors in the place of tokens, where there are any. Returns the layer's outputs as a sequence.
Sequence add_tokens(Layers& layers, const EncoderSpec& spec, Random& random) {
  if (spec.tokens.empty()) return {spec.window, spec.kpis};
  layers.push_back(
      std::make_unique<TokenTable>(TokenShape{spec.window, spec.kpis, spec.tokens, spec.token_width,
                                              spec.inputs() - spec.cells()},
                                   random));
  if (is_text(spec)) return {spec.cells(), spec.token_width};
  return {spec.window, spec.kpis + (spec.columns() - spec.kpis) * spec.token_width};
}

void add_conv(Layers& layers, const EncoderSpec& spec, double dropout, Random& random) {
  auto [steps, channels] = add_tokens(layers, spec, random);
  for (const auto& [kernel, dilation] : {std::pair{7, 1}, {5, 2}, {3, 4}}) {
    layers.push_back(std::make_unique<Convolution>(
        ConvolutionShape{steps, channels, spec.channels, kernel, dilation}, random));
    layers.push_back(std::make_unique<GroupNorm>(steps, spec.channels, kGroups));
    channels = spec.channels;
  }
  layers.push_back(std::make_unique<Pooling>(steps, channels));
  add_dropout(layers, dropout);
  layers.push_back(std::make_unique<Affine>(2 * channels, spec.embedding, false, random));
}

void add_bilstm(Layers& layers, const EncoderSpec& spec, const DropoutOptions& dropout,
                Random& random) {
  const auto [steps, channels] = add_tokens(layers, spec, random);
  layers.push_back(std::make_unique<Bilstm>(
      BilstmShape{steps, channels, spec.units, is_text(spec), dropout.recurrent}, random));
  add_dropout(layers, dropout.share);
  layers.push_back(std::make_unique<Affine>(2 * spec.units, kBehindLstm, true, random));
  layers.push_back(std::make_unique<Affine>(kBehindLstm, spec.embedding, false, random));
}

template <typename Names>
std::size_t index_of(const Names& names, const std::string& wanted, const char* what) {
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (wanted == names[i]) return i;
    all += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  throw std::invalid_argument("'" + wanted + "' is no " + what + ": " + all);
}

}  // namespace

int EncoderSpec::columns() const {
  int columns = kpis;
  for (const TokenColumns& kpi : tokens) columns += kpi.length;
  return columns;
}

int EncoderSpec::inputs() const {
  return feature_count(window, kpis, kind == EncoderKind::dense && summaries) +
         window * (columns() - kpis);
}

int EncoderSpec::width() const {
  return kind == EncoderKind::universal ? embedding * kpis : embedding;
}

EncoderSpec default_spec(EncoderKind kind, int window, int kpis) {
  EncoderSpec spec;
  spec.kind = kind;
  spec.window = window;
  spec.kpis = kpis;
  if (kind == EncoderKind::universal) {
    spec.hidden = {48, 48};
    spec.embedding = 4;
  }
  return spec;
}

std::vector<std::unique_ptr<Layer>> make_layers(const EncoderSpec& spec,
                                                const DropoutOptions& dropout, Random& random) {
  Layers layers;
  switch (spec.kind) {
    case EncoderKind::dense:
      add_tokens(layers, spec, random);
      add_dense(layers, spec, layers.empty() ? spec.inputs() : layers.back()->outputs(), 1,
                dropout.share, random);
      break;
    case EncoderKind::conv:
      add_conv(layers, spec, dropout.share, random);
      break;
    case EncoderKind::bilstm:
      add_bilstm(layers, spec, dropout, random);
      break;
    case EncoderKind::universal:
      layers.push_back(std::make_unique<ByKpi>(spec.window, spec.kpis));
      add_dense(layers, spec, spec.window, spec.kpis, dropout.share, random);
      break;
  }
  return layers;
}

void check(const EncoderSpec& spec) {
  constexpr int kMost = 1 << 20;
  const auto possible = [](int value) { return value >= 1 && value <= kMost; };
  bool good = possible(spec.window) && spec.kpis >= 0 && spec.kpis <= kMost &&
              possible(spec.embedding) && possible(spec.token_width);
  for (const TokenColumns& kpi : spec.tokens)
    good = good && possible(kpi.length) && kpi.buckets >= 2 && kpi.buckets <= kMost;
  good = good && possible(spec.columns()) &&
         static_cast<std::int64_t>(spec.window) * spec.columns() <= kMost * 64LL;
  for (const int width : spec.hidden) good = good && possible(width);
  good = good && possible(spec.units) && possible(spec.channels) && spec.channels % kGroups == 0;
  if (!good) throw std::invalid_argument("the encoder has an impossible shape");
  if (!spec.tokens.empty() && spec.kind == EncoderKind::universal)
    throw std::invalid_argument(
        "the universal encoder takes numbers alone: KPIs of kind state or text need dense, conv or "
        "bilstm");
}

const char* name(EncoderKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
const char* name(EncoderOutput output) { return kOutputs[static_cast<std::size_t>(output)]; }

EncoderKind encoder_kind(const std::string& text) {
  return static_cast<EncoderKind>(index_of(kKinds, text, "kind of encoder"));
}

EncoderOutput encoder_output(const std::string& text) {
  return static_cast<EncoderOutput>(index_of(kOutputs, text, "kind of output"));
}

}  // namespace faultprint::model
