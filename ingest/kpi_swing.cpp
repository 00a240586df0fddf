#include "ingest/kpi_swing.h"

#include <algorithm>
#include <cmath>

namespace faultprint::ingest {
namespace {

constexpr double kPriorWeight = 30;  // slots of a shape of 1
constexpr double kMemoryDays = 14;   // time constant
constexpr double kDayUs = 86400e6;
constexpr double kMostAmplitude = 1e4;  // first scales
constexpr double kFitReach = 3;         // deviations

float bounded(double amplitude, double first_variance) {
  const double most = kMostAmplitude * std::sqrt(first_variance);
  return static_cast<float>(std::clamp(amplitude, -most, most));
}

}  // namespace

KpiSwing start_swing(std::span<const double> values, std::span<const double> shapes,
                     const KpiBaseline& plain, double typical) {
  KpiSwing swing{0, static_cast<float>(kPriorWeight)};
  if (!plain.started()) return swing;
  const double scale = std::sqrt(double{plain.variance});
  double n = 0;
  double mean = 0;  // of the shape
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (std::isnan(values[t])) continue;
    n += 1;
    mean += (shapes[t] - mean) / n;
  }
  const double prior = typical == 0 ? scale : typical;
  double squares = kPriorWeight;
  double products = kPriorWeight * prior;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (std::isnan(values[t])) continue;
    const double reach = kFitReach * scale;
    const double p = shapes[t] - mean;
    squares += p * p;
    products += p * std::clamp(values[t] - plain.level, -reach, reach);
  }
  swing.amplitude = bounded(products / squares, plain.first_variance);
  return swing;
}

void learn(KpiSwing& swing, double shape, double error, double first_variance,
           config::Microseconds period) {
  const double forgotten = static_cast<double>(period.count()) / (kMemoryDays * kDayUs);
  const double weight = double{swing.weight} * (1 - forgotten) + shape * shape;
  swing.weight = static_cast<float>(std::max(weight, kPriorWeight));
  swing.amplitude = bounded(swing.amplitude + error * shape / double{swing.weight}, first_variance);
}

}  // namespace faultprint::ingest
