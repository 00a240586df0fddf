#include "daemon/input_choice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "daemon/training_progress.h"
#include "daemon/verdict.h"
#include "model/evaluation.h"

namespace faultprint::daemon {
namespace {

constexpr double kClearly = 0.02;  // a few incidents kept out make a noisy figure
constexpr std::size_t kMostNormal = 5000;

bool has_scale(const config::KpiSpec& kpi) {
  using config::KpiKind;
  return kpi.kind == KpiKind::gauge || kpi.kind == KpiKind::counter || kpi.kind == KpiKind::delta;
}

config::KpiScale other(config::KpiScale scale) {
  return scale == config::KpiScale::log ? config::KpiScale::linear : config::KpiScale::log;
}

class Choosing {
 public:
  Choosing(const config::Config& config, const TrainRequest& request,
           const ingest::Incidents& incidents)
      : config_(config), request_(request), incidents_(incidents) {}

  InputChoice run() {
    choice_.input = config_.input_spec();
    if (!measure("as configured", choice_.input)) fail();
    choice_.candidates.front().chosen = true;
    if (request_.choose.baseline) choose_baseline();
    if (request_.choose.scales) choose_scales();
    choice_.input.chosen = request_.choose;
    if (!request_.progress)
      for (const InputCandidate& candidate : choice_.candidates)
        if (candidate.chosen)
          std::fprintf(stderr, "input      %s  <- chosen\n", candidate.what.c_str());
    return std::move(choice_);
  }

 private:
  [[noreturn]] static void fail() {
    throw std::runtime_error(
        "--choose: nothing could be kept out to choose by: give incidents, at least two of a fault "
        "type");
  }

  Dataset read(const config::InputSpec& input) const {
    DatasetOptions options;
    options.seed = request_.options.seed;
    options.pure_share = request_.pure_share;
    options.unmeasured = input;
    return read_dataset(config_, request_.files, incidents_, options, {});
  }

  // False where nothing could be kept out. A better one than all before is what is chosen.
  bool measure(const std::string& what, const config::InputSpec& input) {
    const Dataset data = read(input);
    if (data.windows.classes() < 2) return false;
    TrainRequest quiet = request_;
    quiet.progress = [](double) {};
    model::TrainOptions options = complete_options(config_, quiet, data);
    options.epochs = std::min(options.epochs, options.least_epochs);
    const model::ValidationFigures figures = model::validate_only(
        data.windows, options,
        [](const model::EpochReport&) { return !InterruptGuard::interrupted(); });
    if (InterruptGuard::interrupted())
      throw std::runtime_error(
          "interrupted while --choose compared inputs: nothing was trained yet");
    if (figures.score < 0) return false;
    choice_.candidates.push_back({what, figures.score, figures.f1, figures.novel_auroc, false});
    say(choice_.candidates.back());
    if (choice_.candidates.size() > 1 && figures.score > best_ + kClearly) take(input);
    if (choice_.candidates.size() == 1 || choice_.candidates.back().chosen) best_ = figures.score;
    return true;
  }

  void take(const config::InputSpec& input) {
    for (InputCandidate& candidate : choice_.candidates) candidate.chosen = false;
    choice_.candidates.back().chosen = true;
    choice_.input = input;
  }

  void say(const InputCandidate& candidate) const {
    if (request_.progress) return;
    std::fprintf(stderr, "choosing   %s: validation F1 %.3f", candidate.what.c_str(),
                 candidate.validation_f1);
    if (candidate.novel_auroc >= 0)
      std::fprintf(stderr, ", unknown AUROC %.3f", candidate.novel_auroc);
    std::fputs("\n", stderr);
  }

  void choose_baseline() {
    const config::InputSpec configured = choice_.input;
    if (configured.baseline.none) return;
    for (const double factor : {0.5, 2.0}) {
      config::InputSpec input = configured;
      input.baseline.fast = std::clamp(std::round(factor * input.baseline.fast), 1.0,
                                       std::max(1.0, input.baseline.slow));
      if (input.baseline.fast == configured.baseline.fast) continue;
      char what[64];
      std::snprintf(what, sizeof what, "baseline.fast %.0f", input.baseline.fast);
      measure(what, input);
    }
  }

  // Which KPIs to turn is told by each alone; whether to, by training.
  void choose_scales() {
    config::InputSpec turned = choice_.input;
    for (config::KpiSpec& kpi : turned.kpis)
      if (has_scale(kpi)) kpi.scale = other(kpi.scale);
    const std::vector<double> now = standing_out(read(choice_.input));
    const std::vector<double> then = standing_out(read(turned));
    config::InputSpec input = choice_.input;
    std::string what;
    for (std::size_t k = 0; k < now.size(); ++k) {
      if (!has_scale(input.kpis[k]) || then[k] <= now[k] + kClearly) continue;
      input.kpis[k].scale = turned.kpis[k].scale;
      what += (what.empty() ? "" : ", ") + input.kpis[k].name + " " + name(input.kpis[k].scale);
    }
    if (!what.empty()) measure("scale of " + what, input);
  }

  const config::Config& config_;
  const TrainRequest& request_;
  const ingest::Incidents& incidents_;
  InputChoice choice_;
  double best_ = -1;
};

// |newest mean deviation| of KPI k, of each window whose label fits.
template <typename Fits>
std::vector<std::vector<double>> deviations_of(const Dataset& data, std::size_t most, Fits fits) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.windows.size(); ++i)
    if (fits(data.windows.labels[i])) rows.push_back(i);
  const std::size_t step = rows.size() / most + 1;
  std::vector<std::vector<double>> by_kpi(data.input.numbers());
  for (std::size_t r = 0; r < rows.size(); r += step) {
    const auto row = data.windows.windows.row(static_cast<Eigen::Index>(rows[r]));
    const auto evidence =
        recent_deviations(std::span(row.data(), static_cast<std::size_t>(row.size())), data.input);
    for (std::size_t k = 0; k < by_kpi.size(); ++k)
      by_kpi[k].push_back(std::abs(evidence[k].deviation));
  }
  return by_kpi;
}

}  // namespace

std::vector<double> standing_out(const Dataset& data) {
  const auto normal = deviations_of(data, kMostNormal, [](int label) { return label == 0; });
  std::vector<double> means(data.input.numbers(), 0.0);
  const int types = data.windows.classes() - 1;
  for (int type = 1; type <= types; ++type) {
    const auto fault = deviations_of(data, kMostNormal, [&](int label) { return label == type; });
    for (std::size_t k = 0; k < means.size(); ++k)
      means[k] += model::detect(fault[k], normal[k]).auroc / types;
  }
  return means;
}

InputChoice choose_input(const config::Config& config, const TrainRequest& request,
                         const ingest::Incidents& incidents) {
  const InterruptGuard guard;
  return Choosing(config, request, incidents).run();
}

std::string choices_text(const std::string& json) {
  const auto list = nlohmann::json::parse(json, nullptr, false);
  std::string text;
  if (!list.is_array()) return text;
  for (const auto& c : list) {
    char figure[64];
    std::snprintf(figure, sizeof figure, ": validation F1 %.4g", c.value("validation_f1", -1.0));
    text += (text.empty() ? "input       " : "            ") + c.value("what", "") + figure +
            (c.value("chosen", false) ? "  <- chosen" : "") + "\n";
  }
  return text;
}

std::string choices_to_json(const std::vector<InputCandidate>& candidates) {
  auto list = nlohmann::ordered_json::array();
  for (const InputCandidate& c : candidates) {
    list.push_back({{"what", c.what},
                    {"score", rounded(c.score)},
                    {"validation_f1", rounded(c.validation_f1)},
                    {"chosen", c.chosen}});
    if (c.novel_auroc >= 0) list.back()["novel_auroc"] = rounded(c.novel_auroc);
  }
  return list.dump();
}

}  // namespace faultprint::daemon
