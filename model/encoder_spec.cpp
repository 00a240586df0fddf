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
constexpr int kFurtherKernel = 3;
constexpr int kFurtherDilation = 8;  // of the first one; each doubles it
constexpr int kMostFurther = 15;     // let a third of the longest window be seen

struct Taps {
  int kernel;
  int dilation;
};

// What each convolution sees, from the input on.
std::vector<Taps> taps_of(int further) {
  std::vector<Taps> taps = {{7, 1}, {5, 2}, {3, 4}};
  for (int i = 0; i < further; ++i) taps.push_back({kFurtherKernel, kFurtherDilation << i});
  return taps;
}

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

// The window as conv and bilstm read it, vectors in the place of tokens.
Sequence sequence_of(const EncoderSpec& spec) {
  if (is_text(spec)) return {spec.cells(), spec.token_width};
  return {spec.window, spec.kpis + (spec.columns() - spec.kpis) * spec.token_width};
}

// Vectors in the place of tokens, where there are any. Returns the layer's outputs as a sequence.
Sequence add_tokens(Layers& layers, const EncoderSpec& spec, Random& random) {
  if (spec.tokens.empty()) return sequence_of(spec);
  layers.push_back(
      std::make_unique<TokenTable>(TokenShape{spec.window, spec.kpis, spec.tokens, spec.token_width,
                                              spec.inputs() - spec.cells()},
                                   random));
  return sequence_of(spec);
}

void add_conv(Layers& layers, const EncoderSpec& spec, double dropout, Random& random) {
  auto [steps, channels] = add_tokens(layers, spec, random);
  for (const auto& [kernel, dilation] : taps_of(spec.further_convolutions)) {
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
  spec.further_convolutions = further_convolutions_for(spec);
  return spec;
}

int further_convolutions_for(const EncoderSpec& spec) {
  if (spec.kind != EncoderKind::conv) return 0;
  const int steps = sequence_of(spec).steps;
  int further = 0;
  const auto seen = [&] {
    std::int64_t steps_seen = 1;
    for (const auto& [kernel, dilation] : taps_of(further))
      steps_seen += static_cast<std::int64_t>(kernel - 1) * dilation;
    return steps_seen;
  };
  while (further < kMostFurther && 3 * seen() < steps) ++further;
  return further;
}

std::int64_t weight_count(const EncoderSpec& spec) {
  std::int64_t count = 0;
  const auto affine = [&](std::int64_t in, std::int64_t out) {
    count += (in + 1) * out;
    return out;
  };
  for (const TokenColumns& kpi : spec.tokens)
    count += static_cast<std::int64_t>(kpi.buckets) * spec.token_width;
  const auto [steps, channels] = sequence_of(spec);
  std::int64_t width = static_cast<std::int64_t>(steps) * channels + spec.inputs() - spec.cells();
  switch (spec.kind) {
    case EncoderKind::universal:
      width = spec.window;
      [[fallthrough]];
    case EncoderKind::dense:
      for (const int hidden : spec.hidden) width = affine(width, hidden);
      break;
    case EncoderKind::conv:
      width = channels;
      for (const auto& [kernel, dilation] : taps_of(spec.further_convolutions)) {
        width = affine(kernel * width, spec.channels);
        count += 2 * width;  // of the group norm
      }
      width *= 2;
      break;
    case EncoderKind::bilstm:
      for (int direction = 0; direction < 2; ++direction)
        affine(channels + spec.units, 4LL * spec.units);
      width = affine(2LL * spec.units, kBehindLstm);
      break;
  }
  affine(width, spec.embedding);
  return count;
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
  constexpr std::int64_t kMostCells = kMost * 64LL;  // of what a layer gives out for one window
  const auto possible = [](std::int64_t value) { return value >= 1 && value <= kMost; };
  bool good = possible(spec.window) && spec.kpis >= 0 && spec.kpis <= kMost &&
              possible(spec.embedding) && possible(spec.token_width);
  std::int64_t columns = spec.kpis;
  for (const TokenColumns& kpi : spec.tokens) {
    good = good && possible(kpi.length) && kpi.buckets >= 2 && kpi.buckets <= kMost;
    columns += kpi.length;
  }
  good = good && possible(columns) && spec.window * columns <= kMostCells;
  good = good && (spec.tokens.empty() || spec.window * columns <= kMostCells / spec.token_width);
  for (const int width : spec.hidden) good = good && possible(width);
  good = good && possible(spec.units) && possible(spec.channels) && spec.channels % kGroups == 0;
  good = good && spec.further_convolutions >= 0 &&
         spec.further_convolutions <= (spec.kind == EncoderKind::conv ? kMostFurther : 0);
  if (spec.kind == EncoderKind::conv)
    good = good && spec.channels * std::int64_t{sequence_of(spec).steps} <= kMostCells;
  if (spec.kind == EncoderKind::universal) {
    good = good && spec.kpis * std::int64_t{spec.embedding} <= kMostCells;
    for (const int width : spec.hidden)
      good = good && spec.kpis * std::int64_t{width} <= kMostCells;
  }
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
