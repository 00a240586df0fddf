#include "ingest/baseline.h"

#include <algorithm>
#include <cmath>

namespace faultprint::ingest {
namespace {

constexpr double kNetworkWeight = 30;    // slots
constexpr double kRelativeFloor = 0.01;  // of the level
constexpr double kAbsoluteFloor = 1e-3;

double first_scale(double level, double variance, double n, config::KpiScale scale,
                   const config::NetworkKpi& network) {
  const double network_variance = network.deviation * network.deviation;
  const double shrunk =
      std::sqrt((n * variance + kNetworkWeight * network_variance) / (n + kNetworkWeight));
  if (shrunk == 0 && level == 0) return 1;
  const double floor =
      scale == config::KpiScale::log ? kRelativeFloor : kRelativeFloor * std::abs(level);
  return std::max({shrunk, floor, kAbsoluteFloor});
}

}  // namespace

KpiBaseline start_baseline(std::span<const double> values, config::KpiScale scale,
                           const config::NetworkKpi& network) {
  double n = 0;
  double mean = 0;
  double squares = 0;  // Welford, so that a level of 1e10 keeps its small variance
  for (const double x : values) {
    if (std::isnan(x)) continue;
    n += 1;
    const double d = x - mean;
    mean += d / n;
    squares += d * (x - mean);
  }
  if (n == 0) return {};
  const double deviation = first_scale(mean, squares / n, n, scale, network);
  const auto variance = static_cast<float>(std::clamp(deviation * deviation, 1e-30, 1e30));
  return {mean, variance, variance};
}

float network_deviation(const config::NetworkKpi& network, double x) {
  return detail::clipped((x - network.mean) / (network.deviation > 0 ? network.deviation : 1.0));
}

}  // namespace faultprint::ingest
