// The learning baseline of one KPI of one element: its level m and variance v, learned while it
// runs from the element's own values alone, so that a replay is exact.
//
//   d = x - m;  deviation = d / sqrt(v), clipped to +-10, before the update
//   m += clip(d, +-3 sqrt v) / tau;  v += (1.005 min(d^2, 9 v) - v) / tau
//   (0.2 s0)^2 <= v <= (2 s0)^2, s0 the first scale
//
// An outlier moves the level by at most 3 deviations / tau; the upper bound on v keeps the element
// able to hear after a long fault; 1.005 undoes what the clipping takes from a normal variable's
// variance. First level and scale: mean and deviation of the first slots, the scale shrunk to the
// network's with a weight of 30 slots, and at least 1 % of the level: of |m| on a linear scale,
// 0.01 on a logarithmic one, where 1 % of |m| could be 7 % of the value itself and hide a lost
// path.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "config/input_spec.h"

namespace faultprint::ingest {

constexpr float kMaxDeviation = 10.0F;

namespace detail {
inline float clipped(double deviation) {
  return static_cast<float>(std::clamp(deviation, -double{kMaxDeviation}, double{kMaxDeviation}));
}
}  // namespace detail

struct KpiBaseline {
  double level = 0;
  float variance = 0;
  float first_variance = 0;  // 0: not started, no deviation can be told

  bool started() const { return first_variance > 0; }
};

// From an element's first values (NaN = missing, left out; so is one value that lies 1000 times as
// far off as all others: a mark, not a measurement). Without any value the baseline stays
// unstarted.
KpiBaseline start_baseline(std::span<const double> values, config::KpiScale scale,
                           const config::NetworkKpi& network);

// Deviation of x, in scales, clipped to +-kMaxDeviation. The baseline must have started.
inline float deviation(const KpiBaseline& baseline, double x) {
  return detail::clipped((x - baseline.level) / std::sqrt(double{baseline.variance}));
}

// One update; tau in slots.
inline void learn(KpiBaseline& baseline, double x, double tau) {
  constexpr double kClip = 3;                 // deviations by which a value can pull
  constexpr double kClippedVariance = 1.005;  // E[min(z^2, 9)] = 1 / 1.005 for a normal z
  constexpr double kLeastVariance = 0.04;     // of the first one
  constexpr double kMostVariance = 4;         // of the first one
  const double v = baseline.variance;
  const double d = x - baseline.level;
  const double reach = kClip * std::sqrt(v);
  baseline.level += std::clamp(d, -reach, reach) / tau;
  const double next = v + (kClippedVariance * std::min(d * d, kClip * kClip * v) - v) / tau;
  const double first = baseline.first_variance;
  baseline.variance =
      static_cast<float>(std::clamp(next, kLeastVariance * first, kMostVariance * first));
}

// `baseline: none`: deviation from the network's mean in the network's deviations.
float network_deviation(const config::NetworkKpi& network, double x);

}  // namespace faultprint::ingest
