#include "daemon/verdict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRecentSlots = 4;
constexpr std::size_t kNamedKpis = 3;

std::span<const float> recent(std::span<const float> window, std::size_t kpis) {
  return window.last(std::min(window.size(), kRecentSlots * kpis));
}

Json masked_kpis(const Verdict& verdict, const ingest::WindowStore& store,
                 const config::InputSpec& input) {
  Json names = Json::array();
  const std::size_t bytes = store.layout().mask_bytes;
  const auto mask = std::span(store.batch().masks).subspan(verdict.slot_index * bytes, bytes);
  for (std::size_t k = 0; k < input.kpis.size(); ++k)
    if ((mask[k / 8] >> (k % 8) & 1) != 0) names.push_back(input.kpis[k].name);
  return names;
}

Json kpi_list(const std::vector<KpiEvidence>& kpis) {
  Json list = Json::array();
  for (const KpiEvidence& kpi : kpis)
    list.push_back({{"kpi", kpi.name}, {"deviation", rounded(kpi.deviation)}});
  return list;
}

}  // namespace

double rounded(double value) {
  if (!std::isfinite(value)) return value > 0 ? 1e9 : 0;
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::strtod(text, nullptr);
}

std::string identity(const std::string& element, std::int64_t time_us) {
  return element + "@" + ingest::format_rfc3339(time_us);
}

float activity(std::span<const float> window, std::size_t kpis) {
  const auto newest = recent(window, kpis);
  float greatest = 0;
  for (std::size_t k = 0; k < kpis; ++k) {
    float sum = 0;
    for (std::size_t i = k; i < newest.size(); i += kpis) sum += std::abs(newest[i]);
    greatest = std::max(greatest, sum);
  }
  return greatest / static_cast<float>(newest.size() / kpis);
}

std::vector<double> recent_deviations(std::span<const float> window, std::size_t kpis) {
  const auto newest = recent(window, kpis);
  std::vector<double> means;
  for (std::size_t k = 0; k < kpis; ++k) {
    double sum = 0;
    for (std::size_t i = k; i < newest.size(); i += kpis) sum += newest[i];
    means.push_back(sum / static_cast<double>(newest.size() / kpis));
  }
  return means;
}

std::vector<KpiEvidence> strongest_kpis(std::span<const float> window,
                                        const config::InputSpec& input) {
  const std::vector<double> deviations = recent_deviations(window, input.kpis.size());
  std::vector<KpiEvidence> evidence;
  for (std::size_t k = 0; k < deviations.size(); ++k)
    evidence.push_back({input.kpis[k].name, deviations[k]});
  const auto middle =
      evidence.begin() + static_cast<std::ptrdiff_t>(std::min(kNamedKpis, evidence.size()));
  std::partial_sort(evidence.begin(), middle, evidence.end(), [](const auto& a, const auto& b) {
    return std::abs(a.deviation) > std::abs(b.deviation);
  });
  evidence.erase(middle, evidence.end());
  return evidence;
}

std::string to_json_line(const Verdict& verdict, const ingest::WindowStore& store,
                         const LoadedModel& model) {
  const std::string& element = store.element_name(verdict.element);
  const bool scored = verdict.outcome != Outcome::not_scored;
  const bool abnormal = verdict.outcome == Outcome::fault || verdict.outcome == Outcome::unknown;
  Json line;
  line["id"] = identity(element, verdict.time_us);
  line["element"] = element;
  line["time"] = ingest::format_rfc3339(verdict.time_us);
  line["verdict"] = name(verdict.outcome);
  line["fault_type"] =
      verdict.outcome == Outcome::fault ? Json(model.label(verdict.match.nearest)) : Json();
  line["distance"] = scored ? Json(rounded(verdict.match.distance)) : Json();
  line["p_value"] = scored ? Json(rounded(verdict.match.p_value)) : Json();
  const int runner_up =
      verdict.outcome == Outcome::unknown ? verdict.match.nearest : verdict.match.runner_up;
  line["runner_up"] = scored && runner_up >= 0 ? Json(model.label(runner_up)) : Json();
  line["reason"] = scored ? Json() : Json(ingest::name(verdict.not_scored));
  line["masked"] = masked_kpis(verdict, store, model.input);
  Json kpis = Json::array();
  if (abnormal) {
    const std::size_t cells = store.layout().cells();
    const auto window = std::span(store.batch().windows)
                            .subspan(static_cast<std::size_t>(verdict.row) * cells, cells);
    kpis = kpi_list(strongest_kpis(window, model.input));
  }
  line["kpis"] = kpis;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace faultprint::daemon
