#include "daemon/explanation.h"

#include <cmath>

#include "model/known_incidents.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kNearestIncidents = 3;

void add_values(std::vector<KpiEvidence>& kpis, std::span<const float> seen,
                const config::InputSpec& input) {
  const std::size_t numbers = input.numbers();
  if (seen.size() != 2 * numbers) return;
  for (KpiEvidence& kpi : kpis)
    for (std::size_t k = 0; k < numbers; ++k) {
      if (input.kpis[k].name != kpi.name) continue;
      kpi.value = in_own_unit(seen[k], input.kpis[k].scale);
      kpi.normal = in_own_unit(seen[numbers + k], input.kpis[k].scale);
    }
}

std::vector<Explanation::Incident> nearest_known(std::span<const float> window,
                                                 const LoadedModel& model) {
  const Eigen::Map<const model::Matrix> row(window.data(), 1,
                                            static_cast<Eigen::Index>(window.size()));
  model::Encoder::Scratch scratch;
  const model::Matrix embedding = model.model.encoder.embed(row, scratch);
  std::vector<Explanation::Incident> nearest;
  for (const model::KnownIncident& known : model::nearest_incidents(
           model.model.clusters,
           std::span(embedding.data(), static_cast<std::size_t>(embedding.size())),
           kNearestIncidents))
    nearest.push_back(
        {model.label(known.cluster), known.origin.element, known.origin.time_us, known.distance});
  return nearest;
}

}  // namespace

double in_own_unit(double x, config::KpiScale scale) {
  return scale == config::KpiScale::log ? std::copysign(std::expm1(std::abs(x)), x) : x;
}

Explanation explain(const Verdict& verdict, std::span<const float> window,
                    std::span<const float> seen, const LoadedModel& model) {
  Explanation why;
  why.kpis = strongest_kpis(window, model.input);
  add_values(why.kpis, seen, model.input);
  why.nearest = nearest_known(window, model);
  const model::Match& match = verdict.match;
  const bool unknown = verdict.outcome == Outcome::unknown;
  const int runner_up = unknown ? match.nearest : match.runner_up;
  why.distance = match.distance;
  why.p_value = match.p_value;
  if (runner_up < 0) return why;
  why.runner_up = model.label(runner_up);
  why.runner_up_distance = unknown ? match.distance : match.runner_up_distance;
  return why;
}

}  // namespace faultprint::daemon
