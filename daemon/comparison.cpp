#include "daemon/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "daemon/embedding_file.h"
#include "daemon/verdict.h"
#include "daemon/window_lookup.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kContrastsShown = 5;

std::vector<KpiContrast> contrasts(const std::vector<float>& a, const std::vector<float>& b,
                                   const config::InputSpec& input) {
  const std::vector<KpiEvidence> of_a = recent_deviations(a, input);
  const std::vector<KpiEvidence> of_b = recent_deviations(b, input);
  std::vector<KpiContrast> list;
  for (std::size_t k = 0; k < of_a.size(); ++k)
    list.push_back({of_a[k].name, of_a[k].deviation, of_b[k].deviation});
  std::stable_sort(list.begin(), list.end(), [](const KpiContrast& x, const KpiContrast& y) {
    return std::abs(x.a - x.b) > std::abs(y.a - y.b);
  });
  list.resize(std::min(list.size(), kContrastsShown));
  return list;
}

void take_calibration(const model::Model& model, Comparison& comparison) {
  comparison.calibration = model.pairs;
  if (!model.pairs)
    comparison.why_none =
        "the model holds no calibration of pairs: it is older than that, or its training could "
        "keep no pair of incidents out";
}

std::string format(const char* pattern, double a, double b = 0) {
  char text[200];
  std::snprintf(text, sizeof text, pattern, a, b);
  return text;
}

std::string rests_on(const model::PairCalibration& c) {
  return "rests on " + std::to_string(c.same) + " equal and " + std::to_string(c.different) +
         " different pairs kept out of training; prior ";
}

std::string decision_text(const Comparison& c) {
  const std::string decision = c.decision();
  if (!c.calibration) return "none\n";
  if (decision == "none")
    return "none: among the pairs kept out of training, distance did not tell the same from the "
           "different\n";
  if (*c.threshold() < 0) return decision + ": with this prior no likeness is enough\n";
  return decision + format(": the same below a distance of %.4g (calibrated)\n", *c.threshold());
}

}  // namespace

std::optional<double> Comparison::probability() const {
  if (!calibration) return std::nullopt;
  return calibration->probability(model::Distance(distance), prior);
}

std::optional<double> Comparison::threshold() const {
  if (!calibration) return std::nullopt;
  return calibration->threshold(prior);
}

std::string Comparison::decision() const {
  const auto limit = threshold();
  if (!limit) return "none";
  return distance < *limit ? "same" : "different";
}

Comparison compare_windows(const config::Config& config, const LoadedModel& model,
                           const std::vector<std::string>& history, const std::string& a,
                           const std::string& b, double prior, const Progress& progress) {
  const std::vector<WindowName> names = {parse_window_name(a), parse_window_name(b)};
  const WindowsByName found =
      find_windows(config, model.input, history, names, progress, model.carry_over);
  for (const WindowName& name : names)
    if (found.count(name) == 0)
      throw std::runtime_error("the history has no scored window of '" + name.element + "' at " +
                               ingest::format_rfc3339(name.time_us));
  const std::vector<float>& first = found.at(names[0]);
  const std::vector<float>& second = found.at(names[1]);
  model::Matrix windows(2, static_cast<Eigen::Index>(first.size()));
  std::copy(first.begin(), first.end(), windows.row(0).data());
  std::copy(second.begin(), second.end(), windows.row(1).data());
  const model::Matrix embeddings = model::embed_rows(model.model.encoder, windows, {0, 1});
  Comparison comparison;
  comparison.a = a;
  comparison.b = b;
  comparison.prior = prior;
  comparison.distance = (embeddings.row(0) - embeddings.row(1)).cast<double>().norm();
  comparison.kpis = contrasts(first, second, model.input);
  take_calibration(model.model, comparison);
  return comparison;
}

Comparison compare_vectors(const std::string& model_file, const std::string& a,
                           const std::string& b, double prior) {
  const std::vector<float> first = read_vector(a);
  const std::vector<float> second = read_vector(b);
  if (first.size() != second.size())
    throw std::runtime_error(a + " has " + std::to_string(first.size()) + " values and " + b + " " +
                             std::to_string(second.size()) + ": are they of one model?");
  Comparison comparison;
  comparison.a = a;
  comparison.b = b;
  comparison.prior = prior;
  double squared = 0;
  for (std::size_t i = 0; i < first.size(); ++i)
    squared += std::pow(static_cast<double>(first[i]) - static_cast<double>(second[i]), 2);
  comparison.distance = std::sqrt(squared);
  if (model_file.empty()) {
    comparison.why_none = "no model is given: name the one that made the vectors (--model)";
    return comparison;
  }
  const model::Model model = model::load_model(model_file);
  checked_self_test(model, model_file);
  const auto width = static_cast<std::size_t>(model.encoder.spec().width());
  if (first.size() != width)
    throw std::runtime_error(a + " has " + std::to_string(first.size()) +
                             " values and an embedding of " + model_file + " " +
                             std::to_string(width) + ": another model made it");
  take_calibration(model, comparison);
  return comparison;
}

std::string to_text(const Comparison& c) {
  std::string text = "A            " + c.a + "\nB            " + c.b + "\n";
  text += "distance     " + format("%.4g\n", c.distance);
  if (c.calibration)
    text += "probability  " + format("%.3f that they are the same fault (", *c.probability()) +
            rests_on(*c.calibration) + format("%.3g)\n", c.prior);
  else
    text += "probability  no calibrated one exists: " + c.why_none + "\n";
  text += "decision     " + decision_text(c);
  if (c.kpis.empty()) return text;
  text += "\nKPIs that differ most, mean deviation of the newest slots\n";
  char line[200];
  std::snprintf(line, sizeof line, "  %-32s %10s %10s\n", "", "A", "B");
  text += line;
  for (const KpiContrast& kpi : c.kpis) {
    std::snprintf(line, sizeof line, "  %-32.100s %10.2f %10.2f\n", kpi.name.c_str(), kpi.a, kpi.b);
    text += line;
  }
  return text;
}

std::string to_json(const Comparison& c) {
  const auto or_null = [](const std::optional<double>& value) {
    return value ? Json(rounded(*value)) : Json();
  };
  Json json;
  json["a"] = c.a;
  json["b"] = c.b;
  json["distance"] = rounded(c.distance);
  json["probability_same"] = or_null(c.probability());
  json["decision"] = c.decision() == "none" ? Json() : Json(c.decision());
  json["threshold"] = or_null(c.threshold());
  json["prior"] = c.prior;
  json["calibration"] = Json();
  if (c.calibration)
    json["calibration"] = {{"same_pairs", c.calibration->same},
                           {"different_pairs", c.calibration->different},
                           {"window_pairs", c.calibration->windows}};
  else
    json["no_calibration"] = c.why_none;
  json["kpis"] = Json::array();
  for (const KpiContrast& kpi : c.kpis)
    json["kpis"].push_back({{"kpi", kpi.name}, {"a", rounded(kpi.a)}, {"b", rounded(kpi.b)}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultprint::daemon
