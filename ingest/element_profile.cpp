// What an element does with the daily profile of its partition.
#include <algorithm>
#include <cmath>

#include "ingest/element.h"

namespace faultprint::ingest {

void Element::start_kpi(const ElementLayout& layout, std::size_t kpi, std::span<double> values,
                        std::int64_t first_slot) {
  const auto& scale = layout.spec.kpis[kpi].scale;
  const auto& network = layout.spec.network[kpi];
  baselines()[kpi] = start_baseline(values, scale, network);
  if (!layout.profile || !layout.profile->follows(kpi)) return;
  std::vector<double> shapes;
  for (std::size_t t = 0; t < values.size(); ++t)
    shapes.push_back(layout.profile->shape(
        kpi, layout.profile->place(first_slot + static_cast<std::int64_t>(t))));
  KpiSwing& swing = swings(layout)[kpi];
  swing = start_swing(values, shapes, baselines()[kpi], network.amplitude);
  for (std::size_t t = 0; t < values.size(); ++t) values[t] -= double{swing.amplitude} * shapes[t];
  baselines()[kpi] = start_baseline(values, scale, network);
}

// A value that is carried over a gap keeps its deviation: the day went on, and nobody knows whether
// the KPI did.
void Element::push_profiled(const ElementLayout& layout, std::span<const double> values,
                            std::span<const std::uint8_t> carried, std::int64_t slot, float* row,
                            std::span<std::uint8_t> mask) {
  const DailyProfile::Place place = layout.profile->place(slot);
  layout.profile->touch(place);
  const float* const before =
      ring_ + (head_ == 0 ? layout.window - 1 : std::size_t{head_} - 1) * layout.columns;
  push_numbers(values, layout.numbers, row, mask, [&](std::size_t k) {
    const bool is_carried = !carried.empty() && carried[k] != 0;
    if (!layout.profile->follows(k)) return next_deviation(layout, k, values[k], is_carried);
    return is_carried ? before[k] : profiled_deviation(layout, k, values[k], place);
  });
}

float Element::profiled_deviation(const ElementLayout& layout, std::size_t kpi, double x,
                                  const DailyProfile::Place& place) {
  constexpr double kClip = 3;  // as for the level
  KpiBaseline& baseline = baselines()[kpi];
  KpiSwing& swing = swings(layout)[kpi];
  if (!baseline.started()) {  // a KPI that first appears after the start
    double first = x;
    start_kpi(layout, kpi, {&first, 1}, next_slot_ - 1);
  }
  const double shape = layout.profile->shape(kpi, place);
  const double rest = x - double{swing.amplitude} * shape;
  const float d = deviation(baseline, rest);
  const double scale = std::sqrt(double{baseline.variance});
  const double z = std::clamp((rest - baseline.level) / scale, -kClip, kClip);
  layout.profile->see(kpi, place, z, double{swing.amplitude} / scale);
  learn(swing, shape, z * scale, baseline.first_variance, layout.spec.period);
  learn(baseline, rest, layout.spec.baseline.fast);
  return d;
}

double Element::swing_at(const ElementLayout& layout, std::size_t kpi,
                         const DailyProfile::Place& place) const {
  if (!layout.profile->follows(kpi) || !baselines()[kpi].started()) return 0;
  return double{swing(layout, kpi).amplitude} * layout.profile->shape(kpi, place);
}

}  // namespace faultprint::ingest
