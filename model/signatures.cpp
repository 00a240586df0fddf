#include "model/signatures.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace faultprint::model {
namespace {

constexpr float kClip = 10;

// Drawn by multiplication, the same on every standard library.
double uniform(Random& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
}

int whole(Random& random, int low, int high) {
  return low +
         static_cast<int>((random() >> 32) * static_cast<std::uint64_t>(high - low + 1) >> 32);
}

// `age` slots after the onset (0, 1, ...), of about 1 in size.
float shape_at(SignatureShape shape, int age, int length) {
  switch (shape) {
    case SignatureShape::step:
      return 1;
    case SignatureShape::ramp:
      return static_cast<float>(age + 1) / static_cast<float>(std::min(length, 4));
    case SignatureShape::spike:
      return age < 2 ? 1.0F : 0.25F;
    case SignatureShape::oscillation:
      return age % 2 == 0 ? 1.0F : -0.5F;
    case SignatureShape::decay:
      return std::exp(-0.35F * static_cast<float>(age));
  }
  return 0;
}

SignatureShape draw_shape(const CurriculumOptions& options, Random& random) {
  const double u = uniform(random, 0, 1);
  const double all = std::accumulate(options.shapes.begin(), options.shapes.end(), 0);
  int sum = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < options.shapes.size(); ++i) {
    if (options.shapes[i] == 0) continue;
    sum += options.shapes[i];
    last = i;
    if (u < sum / all) break;
  }
  return static_cast<SignatureShape>(last);
}

Signature mirror_of(Signature signature) {
  for (float& size : signature.sizes) size = -size;
  return signature;
}

float draw_size(const CurriculumOptions& options, Random& random) {
  const auto size = static_cast<float>(uniform(random, options.least_size, options.greatest_size));
  return random() >> 63 != 0 ? -size : size;
}

// The hardest to tell apart: the same fault but for one KPI.
Signature sibling_of(Signature signature, const CurriculumOptions& options, Random& random) {
  std::vector<std::size_t> moving;
  std::vector<std::size_t> still;
  for (std::size_t k = 0; k < signature.sizes.size(); ++k)
    (signature.sizes[k] != 0 ? moving : still).push_back(k);
  const auto any = [&](const std::vector<std::size_t>& of) {
    return of[static_cast<std::size_t>(whole(random, 0, static_cast<int>(of.size()) - 1))];
  };
  const double u = uniform(random, 0, 1);
  if (u < 0.4 && moving.size() > 1)
    signature.sizes[any(moving)] = 0;
  else if (u < 0.8 && !still.empty())
    signature.sizes[any(still)] = draw_size(options, random);
  else
    signature.sizes[any(moving)] *= -1;
  return signature;
}

// What passes must have begun lately: a window in which it is over is a normal one.
bool passes(SignatureShape shape) {
  return shape == SignatureShape::spike || shape == SignatureShape::decay;
}

int draw_onset(const CurriculumOptions& options, SignatureShape shape, int slots, Random& random) {
  const int first = std::max(0, slots - options.earliest_onset);
  const int last = std::max(first, slots - options.latest_onset);
  if (!passes(shape) && uniform(random, 0, 1) < options.ongoing_share)
    return whole(random, 0, last);
  return whole(random, first, last);
}

void draw_curve(float* to, int slots, int stride, Random& random) {
  std::normal_distribution<float> normal(0, 1);
  const int family = whole(random, 0, 4);
  const auto memory = static_cast<float>(uniform(random, 0.3, 0.9));
  float state = normal(random);
  const double rate = uniform(random, 0.02, 0.2);
  for (int t = 0; t < slots; ++t) {
    float value = 0;
    if (family == 0) {
      value = normal(random);
    } else if (family == 1) {
      state = memory * state + std::sqrt(1 - memory * memory) * normal(random);
      value = state;
    } else if (family == 2) {
      value = 0.5F * normal(random) +
              (uniform(random, 0, 1) < rate ? static_cast<float>(uniform(random, 1, 5)) : 0.0F);
    } else if (family == 3) {
      value = uniform(random, 0, 1) < rate / 4 ? 3.0F : 0.0F;
    }
    to[t * stride] = value;
  }
}

}  // namespace

const std::vector<std::string>& signature_shape_names() {
  static const std::vector<std::string> names = {"step", "ramp", "spike", "oscillation", "decay"};
  return names;
}

Signature draw_signature(const CurriculumOptions& options, int kpis, Random& random) {
  Signature signature;
  signature.sizes.assign(static_cast<std::size_t>(kpis), 0.0F);
  signature.shape = draw_shape(options, random);
  const int moving = whole(random, 1, std::min(options.most_kpis, kpis));
  for (int i = 0; i < moving; ++i) {
    float& size = signature.sizes[static_cast<std::size_t>(whole(random, 0, kpis - 1))];
    size = draw_size(options, random);
  }
  return signature;
}

void lay_over(const Signature& signature, int onset_slot, float factor, float* window, int slots,
              int columns) {
  const auto kpis = static_cast<int>(signature.sizes.size());
  for (int t = onset_slot; t < slots; ++t) {
    const float shape = factor * shape_at(signature.shape, t - onset_slot, slots - onset_slot);
    for (int k = 0; k < kpis; ++k) {
      const float size = signature.sizes[static_cast<std::size_t>(k)];
      if (size == 0) continue;
      float& cell = window[t * columns + k];
      cell = std::clamp(cell + size * shape, -kClip, kClip);
    }
  }
}

void draw_pseudo_faults(const CurriculumOptions& options, const MatrixView& normal, int slots,
                        int kpis, int first_label, Random& random, Matrix& windows,
                        std::vector<int>& labels) {
  const int each = std::max(2, options.windows_per_signature);
  windows.resize(static_cast<Eigen::Index>(options.signatures) * each, normal.cols());
  labels.clear();
  Signature signature;
  for (int s = 0; s < options.signatures; ++s) {
    const double u = s > 0 ? uniform(random, 0, 1) : 2;  // the first is always new
    if (u < options.mirrored_share)
      signature = mirror_of(std::move(signature));
    else if (u < options.mirrored_share + options.sibling_share)
      signature = sibling_of(std::move(signature), options, random);
    else
      signature = draw_signature(options, kpis, random);
    for (int i = 0; i < each; ++i) {
      auto row = windows.row(static_cast<Eigen::Index>(labels.size()));
      row = normal.row(whole(random, 0, static_cast<int>(normal.rows()) - 1));
      lay_over(signature, draw_onset(options, signature.shape, slots, random),
               static_cast<float>(uniform(random, 0.7, 1.3)), row.data(), slots,
               static_cast<int>(normal.cols()) / slots);
      labels.push_back(first_label + s);
    }
  }
}

Matrix draw_backgrounds(Eigen::Index n, int slots, int kpis, Random& random) {
  Matrix windows(n, static_cast<Eigen::Index>(slots) * kpis);
  for (Eigen::Index row = 0; row < n; ++row)
    for (int k = 0; k < kpis; ++k) draw_curve(windows.row(row).data() + k, slots, kpis, random);
  return windows;
}

}  // namespace faultprint::model
