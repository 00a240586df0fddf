#include "model/pair_calibration.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace faultprint::model {
namespace {

struct Sample {
  double x;  // standardised distance
  double target;
  double weight;
};

struct Line {
  double bias = 0;
  double slope = 0;
  double log_odds(double x) const { return bias - slope * x; }
};

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
double logit(double p) { return std::log(p / (1 - p)); }

// Weighted cross-entropy.
double loss_of(const Line& line, const std::vector<Sample>& samples) {
  double loss = 0;
  for (const Sample& s : samples) {
    const double z = line.log_odds(s.x);
    loss += s.weight * (std::max(z, 0.0) - z * s.target + std::log1p(std::exp(-std::abs(z))));
  }
  return loss;
}

// Newton's step at `line`; the loss is convex, and strictly so where distances differ.
Line newton_step(const Line& line, const std::vector<Sample>& samples) {
  double gradient_bias = 0, gradient_slope = 0;
  double bias_bias = 0, bias_slope = 0, slope_slope = 0;
  for (const Sample& s : samples) {
    const double p = sigmoid(line.log_odds(s.x));
    const double error = s.weight * (p - s.target);
    const double curvature = s.weight * p * (1 - p);
    gradient_bias += error;
    gradient_slope -= error * s.x;
    bias_bias += curvature;
    bias_slope -= curvature * s.x;
    slope_slope += curvature * s.x * s.x;
  }
  const double determinant = bias_bias * slope_slope - bias_slope * bias_slope;
  if (!(determinant > 0)) return {};
  return {(slope_slope * gradient_bias - bias_slope * gradient_slope) / determinant,
          (bias_bias * gradient_slope - bias_slope * gradient_bias) / determinant};
}

Line minimise(const std::vector<Sample>& samples) {
  constexpr int kSteps = 100;
  constexpr double kSmall = 1e-10;
  Line line;
  double loss = loss_of(line, samples);
  for (int i = 0; i < kSteps; ++i) {
    const Line step = newton_step(line, samples);
    double length = 1;
    Line next;
    double next_loss = 0;
    do {
      next = {line.bias - length * step.bias, line.slope - length * step.slope};
      next_loss = loss_of(next, samples);
      length /= 2;
    } while (!(next_loss <= loss) && length > kSmall);
    if (!(next_loss <= loss)) break;
    line = next;
    loss = next_loss;
    if (std::abs(step.bias) + std::abs(step.slope) < kSmall) break;
  }
  return line;
}

// Of each pair: one half for either side, spread as PairDistance says.
std::vector<double> weights_of(std::span<const PairDistance> pairs) {
  std::size_t kinds = 0;
  std::size_t groups = 0;
  for (const PairDistance& pair : pairs) {
    kinds = std::max(kinds, static_cast<std::size_t>(pair.kind) + 1);
    groups = std::max(groups, static_cast<std::size_t>(pair.group) + 1);
  }
  std::vector<double> pairs_of_group[2] = {std::vector<double>(groups),
                                           std::vector<double>(groups)};
  std::vector<double> groups_of_kind[2] = {std::vector<double>(kinds), std::vector<double>(kinds)};
  double kinds_of_side[2] = {0, 0};
  for (const PairDistance& pair : pairs) {
    const std::size_t side = pair.same ? 1 : 0;
    if (pairs_of_group[side][static_cast<std::size_t>(pair.group)]++ > 0) continue;
    if (groups_of_kind[side][static_cast<std::size_t>(pair.kind)]++ > 0) continue;
    ++kinds_of_side[side];
  }
  std::vector<double> weights;
  weights.reserve(pairs.size());
  for (const PairDistance& pair : pairs) {
    const std::size_t side = pair.same ? 1 : 0;
    weights.push_back(0.5 / kinds_of_side[side] /
                      groups_of_kind[side][static_cast<std::size_t>(pair.kind)] /
                      pairs_of_group[side][static_cast<std::size_t>(pair.group)]);
  }
  return weights;
}

std::int64_t groups_of(std::span<const PairDistance> pairs, bool same) {
  std::set<int> groups;
  for (const PairDistance& pair : pairs)
    if (pair.same == same) groups.insert(pair.group);
  return static_cast<std::int64_t>(groups.size());
}

}  // namespace

double PairCalibration::probability(Distance d, double prior) const {
  return sigmoid(logit(prior) + bias - slope * d.value);
}

std::optional<double> PairCalibration::threshold(double prior) const {
  if (slope <= 0) return std::nullopt;
  return (logit(prior) + bias) / slope;
}

std::optional<PairCalibration> fit_pair_calibration(std::span<const PairDistance> pairs) {
  PairCalibration result;
  result.same = groups_of(pairs, true);
  result.different = groups_of(pairs, false);
  result.windows = static_cast<std::int64_t>(pairs.size());
  if (result.same == 0 || result.different == 0) return std::nullopt;
  const std::vector<double> weights = weights_of(pairs);
  double mean = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) mean += weights[i] * pairs[i].distance;
  double variance = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    variance += weights[i] * (pairs[i].distance - mean) * (pairs[i].distance - mean);
  const double deviation = std::sqrt(variance);
  constexpr double kEqual = 1e-9;  // distances that differ by rounding alone
  if (!(deviation > kEqual * std::max(1.0, std::abs(mean)))) return result;
  const auto weaker = static_cast<double>(std::min(result.same, result.different));
  const double sure = (weaker + 1) / (weaker + 2);
  std::vector<Sample> samples;
  samples.reserve(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i)
    samples.push_back(
        {(pairs[i].distance - mean) / deviation, pairs[i].same ? sure : 1 - sure, weights[i]});
  const Line line = minimise(samples);
  // Nearer is never less alike: pairs that say so say nothing.
  if (line.slope <= 0) return result;
  result.slope = line.slope / deviation;
  result.bias = line.bias + result.slope * mean;
  return result;
}

std::vector<std::string> check_pair_calibration(const std::optional<PairCalibration>& calibration) {
  constexpr std::int64_t kFew = 10;
  if (!calibration)
    return {
        "W_PAIR_CAL_TOO_FEW: no pairs of one fault and of two could be kept out of training: "
        "`compare` tells distances, and no probability. From eight incidents of a type upwards two "
        "are kept out; or give more labelled pairs (--pairs)"};
  std::vector<std::string> warnings;
  if (std::min(calibration->same, calibration->different) < kFew)
    warnings.push_back(
        "W_PAIR_CAL_TOO_FEW: the probability that two windows are the same fault "
        "rests on " +
        std::to_string(calibration->same) + " equal and " + std::to_string(calibration->different) +
        " different pairs kept out of training (" + std::to_string(kFew) +
        " of each are few already): `compare` is no surer than they allow");
  if (calibration->slope <= 0)
    warnings.emplace_back(
        "W_PAIR_CAL_FLAT: kept out of training, windows of one fault lie no nearer to each other "
        "than to those of another: distances do not tell the same from different");
  return warnings;
}

}  // namespace faultprint::model
