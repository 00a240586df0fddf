// Confusion, calibration and saturation.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/report/sections.h"

namespace faultprint::daemon::report {
namespace {

constexpr int kRatesPerDecade = 4;
constexpr double kLowestRate = 1e-4;
constexpr std::size_t kOutputBins = 20;
constexpr float kSaturatedLow = 0.02F;  // as W_SATURATED has it
constexpr float kSaturatedHigh = 0.98F;

// Which share of ascending values is at or below each rate; null where there is none.
Json shares_at(const std::vector<float>& values, const std::vector<double>& rates) {
  if (values.empty()) return nullptr;
  Json shares = Json::array();
  for (const double rate : rates) {
    const auto end = std::upper_bound(values.begin(), values.end(), static_cast<float>(rate));
    shares.push_back(
        number(static_cast<double>(end - values.begin()) / static_cast<double>(values.size())));
  }
  return shares;
}

std::vector<double> rates_to_show() {
  std::vector<double> rates;
  const int steps = static_cast<int>(std::lround(-std::log10(kLowestRate))) * kRatesPerDecade;
  for (int i = 0; i <= steps; ++i)
    rates.push_back(kLowestRate * std::pow(10.0, static_cast<double>(i) / kRatesPerDecade));
  return rates;
}

bool stuck(float output) { return output < kSaturatedLow || output > kSaturatedHigh; }

}  // namespace

Json confusion_section(const LabelledHistory& history, const LoadedModel& model) {
  Json scores = Json::array();
  for (const model::ClassScore& c : history.all.per_class)
    scores.push_back({{"precision", number(c.precision)},
                      {"recall", number(c.recall)},
                      {"f1", number(c.f1)},
                      {"support", c.support}});
  return {{"counts", history.all.confusion},
          {"known", model.model.clusters.clusters().size()},
          {"per_class", scores},
          {"accuracy", number(history.all.accuracy)},
          {"macro_f1", number(history.all.macro_f1)}};
}

Json calibration_section(const LabelledHistory& history, const LoadedModel& model) {
  const std::size_t known = model.model.clusters.clusters().size();
  const double chosen = model.model.clusters.alpha();
  std::vector<std::vector<float>> own(known);
  std::vector<float> strange;
  std::size_t called_unknown = 0;
  std::size_t of = 0;
  for (const SeenWindow& window : history.windows) {
    if (window.calm) continue;
    const auto truth = static_cast<std::size_t>(window.truth);
    if (truth >= known) {
      strange.push_back(window.p_value);
      continue;
    }
    own[truth].push_back(window.p_own);
    ++of;
    if (window.outcome == Outcome::unknown) ++called_unknown;
  }
  const std::vector<double> rates = rates_to_show();
  Json labels = Json::array();
  for (std::size_t c = 0; c < known; ++c) {
    std::sort(own[c].begin(), own[c].end());
    labels.push_back({{"windows", own[c].size()},
                      {"calibrated_on", model.model.clusters.clusters()[c].score_count},
                      {"pooled", model.model.clusters.pooled(c)},
                      {"at_chosen", own[c].empty() ? Json() : shares_at(own[c], {chosen})[0]},
                      {"shares", shares_at(own[c], rates)}});
  }
  std::sort(strange.begin(), strange.end());
  Json rate_list = Json::array();
  for (const double rate : rates) rate_list.push_back(number(rate));
  return {{"rates", rate_list},
          {"chosen", number(chosen)},
          {"labels", labels},
          {"known_windows", of},
          {"known_called_unknown", called_unknown},
          {"strange_windows", strange.size()},
          {"strange_shares", shares_at(strange, rates)}};
}

Json saturation_section(const LabelledHistory& history, const LoadedModel& model) {
  if (model.model.encoder.spec().output != model::EncoderOutput::sigmoid) return nullptr;
  const model::Matrix& e = history.embeddings;
  std::vector<double> bins(kOutputBins, 0.0);
  std::vector<double> units(static_cast<std::size_t>(e.cols()), 0.0);
  double all = 0;
  for (Eigen::Index i = 0; i < e.rows(); ++i)
    for (Eigen::Index j = 0; j < e.cols(); ++j) {
      const float value = e(i, j);
      const auto bin = static_cast<std::size_t>(std::max(0.0F, value) * kOutputBins);
      bins[std::min(kOutputBins - 1, bin)] += 1.0 / static_cast<double>(e.size());
      if (!stuck(value)) continue;
      units[static_cast<std::size_t>(j)] += 1.0 / static_cast<double>(e.rows());
      all += 1.0 / static_cast<double>(e.size());
    }
  Json bin_list = Json::array();
  for (const double share : bins) bin_list.push_back(number(share));
  Json unit_list = Json::array();
  for (const double share : units) unit_list.push_back(number(share));
  return {{"low", 0.02},      {"high", 0.98},       {"share", number(all)},
          {"bins", bin_list}, {"units", unit_list}, {"windows", e.rows()}};
}

}  // namespace faultprint::daemon::report
