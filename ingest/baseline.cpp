#include "ingest/baseline.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace faultprint::ingest {
namespace {

constexpr double kNetworkWeight = 30;    // slots
constexpr double kRelativeFloor = 0.01;  // of the level
constexpr double kAbsoluteFloor = 1e-3;
constexpr double kMark = 1000;  // times as far off as all others

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

// A value so far off that it is a mark (such as 2^32 - 1 for "not measured") and no measurement;
// NaN where there is none. One would hide all later deviations behind its scale.
double mark_among(std::span<const double> values, const config::NetworkKpi& network) {
  std::vector<double> sorted;
  for (const double x : values)
    if (!std::isnan(x)) sorted.push_back(x);
  if (sorted.size() < 3) return std::nan("");
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2];
  const bool above = sorted.back() - median >= median - sorted.front();
  const double mark = above ? sorted.back() : sorted.front();
  const auto others = std::span(sorted).subspan(above ? 0 : 1, sorted.size() - 1);
  const double reach = std::max({others.back() - median, median - others.front(), network.deviation,
                                 kRelativeFloor * std::abs(median), 1.0});
  return std::abs(mark - median) > kMark * reach ? mark : std::nan("");
}

}  // namespace

KpiBaseline start_baseline(std::span<const double> values, config::KpiScale scale,
                           const config::NetworkKpi& network) {
  const double mark = mark_among(values, network);
  double n = 0;
  double mean = 0;
  double squares = 0;  // Welford, so that a level of 1e10 keeps its small variance
  for (const double x : values) {
    if (std::isnan(x) || x == mark) continue;
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
