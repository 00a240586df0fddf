// How much of the daily profile's shape one KPI of one element has: its amplitude, learned from the
// element's own values beside its level.
//
//   amplitude += error * shape / weight;  weight: the sum of shape^2, forgotten over two weeks
//
// error is what a value lies off from the usual before the update, clipped to +-3 deviations. An
// element's first amplitude is fitted to its first slots and drawn to the elements' typical one
// with a weight of 30 slots, as its first scale is to theirs.
#pragma once

#include <span>

#include "config/input_spec.h"
#include "ingest/baseline.h"

namespace faultprint::ingest {

struct KpiSwing {
  float amplitude = 0;  // on the KPI's scale, for a shape of 1
  float weight = 0;
};

// From an element's first values (NaN = missing) and the shape at each. plain: the baseline that
// starts from them alone. typical: 0 where nothing is known of other elements' amplitudes; then the
// first is the values' own deviation, and the shape, 0 so far, is learned in that measure.
KpiSwing start_swing(std::span<const double> values, std::span<const double> shapes,
                     const KpiBaseline& plain, double typical);

// One update. period: of the slots.
void learn(KpiSwing& swing, double shape, double error, double first_variance,
           config::Microseconds period);

}  // namespace faultprint::ingest
