// The fault-signature curriculum: made-up faults laid over normal windows. A signature says which
// KPIs move, which way, how strongly and in what shape; windows of one signature are the same
// fault, another signature, its mirror image and plain normal are different ones. Unlimited
// classes teach the encoder a metric over signatures where labels alone teach a look-up of the
// faults that are known.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/layers/layer.h"

namespace faultprint::model {

enum class SignatureShape { step, ramp, spike, oscillation, decay };
constexpr std::size_t kSignatureShapes = 5;
const std::vector<std::string>& signature_shape_names();

struct CurriculumOptions {
  // Where nothing else teaches a batch has so many if none are asked for, and so many plain
  // windows.
  static constexpr int kAlone = 36;
  static constexpr int kNormalBeside = 48;

  // Drawn anew for every batch; 0: none, or kAlone where nothing else teaches.
  // With labels none is the default, as measured: the dense encoder with normalised logits keeps
  // unknown faults apart without (README, Science).
  int signatures = 0;
  int windows_per_signature = 4;  // at least 2
  double mirrored_share = 0.15;   // of the signatures are another one with all signs turned
  double sibling_share = 0.4;     // are another one but for one KPI: still, moved, or turned
  // How often each shape is drawn, to scale; 0: never. Steps are what most faults look like once
  // they hold.
  std::array<int, kSignatureShapes> shapes = {4, 2, 2, 1, 1};
  int most_kpis = 4;        // a signature moves 1 to this many
  double least_size = 2.5;  // deviations, even between the two
  double greatest_size = 10;
  int earliest_onset = 6;      // slots before the window's end, at most
  int latest_onset = 3;        // and at least
  double ongoing_share = 0.5;  // of the windows have their onset anywhere earlier instead
};

struct Signature {
  std::vector<float> sizes;  // per KPI, signed, in deviations; 0 where it does not move
  SignatureShape shape = SignatureShape::step;
};

Signature draw_signature(const CurriculumOptions& options, int kpis, Random& random);

// Adds the signature to a window (T * columns) from its onset on, larger or smaller by up to 30 %,
// and clips at +-10 as deviations are. It has sizes for the first columns of a slot; others
// (tokens) stay as they are.
void lay_over(const Signature& signature, int onset_slot, float factor, float* window, int slots,
              int columns);

// signatures x windows_per_signature windows: one of `normal` (n x (slots * columns)) at random
// each, with a signature of the first `kpis` columns laid over. labels get numbers from first_label
// on, one a signature.
void draw_pseudo_faults(const CurriculumOptions& options, const MatrixView& normal, int slots,
                        int kpis, int first_label, Random& random, Matrix& windows,
                        std::vector<int>& labels);

// Made-up normal windows of n x (slots * kpis) for an encoder that has seen no network: white,
// autoregressive, bursty, flag-like and constant curves of about unit deviation.
Matrix draw_backgrounds(Eigen::Index n, int slots, int kpis, Random& random);

}  // namespace faultprint::model
