#include "daemon/report/episode_curves.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "daemon/report/sections.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon::report {
std::vector<std::size_t> strongest(const std::vector<const Episode*>& episodes, std::size_t most) {
  std::map<std::size_t, double> best;
  for (const Episode* episode : episodes) {
    const std::vector<double> own = strengths(*episode);
    for (std::size_t k = 0; k < own.size(); ++k) {
      double& strength = best[episode->kpis[k]];
      strength = std::max(strength, own[k]);
    }
  }
  std::vector<std::size_t> kpis;
  for (const auto& [kpi, strength] : best) kpis.push_back(kpi);
  std::stable_sort(kpis.begin(), kpis.end(),
                   [&](std::size_t a, std::size_t b) { return best.at(a) > best.at(b); });
  kpis.resize(std::min(most, kpis.size()));
  return kpis;
}

Json kpi_names(const std::vector<std::size_t>& kpis, const config::InputSpec& input) {
  Json names = Json::array();
  for (const std::size_t k : kpis) names.push_back(input.kpis[k].name);
  return names;
}

Json episode_name(const Episode& episode) {
  Json alarms = Json::array();
  for (const AlarmEvent& alarm : episode.alarms)
    alarms.push_back(
        {{"fault_type", alarm.fault_type},
         {"after_s", static_cast<double>(alarm.time_us - episode.incident.start_us) / 1e6}});
  return {
      {"element", episode.element},
      {"fault_type", episode.incident.fault_type},
      {"start", ingest::format_rfc3339(episode.incident.start_us)},
      {"seconds", static_cast<double>(episode.incident.end_us - episode.incident.start_us) / 1e6},
      {"alarms", alarms},
      {"delay_s", episode.delay_s ? Json(*episode.delay_s) : Json()}};
}

Json curves(const Episode& episode, const std::vector<std::size_t>& kpis,
            std::int64_t slots_after_start) {
  Json list = Json::array();
  for (const EpisodeSlot& slot : episode.slots) {
    if (slot.deviations.empty()) continue;
    if (slot.time_us > episode.incident.start_us && slots_after_start-- <= 0) break;
    Json row =
        Json::array({number(static_cast<double>(slot.time_us - episode.incident.start_us) / 1e6)});
    for (const std::size_t k : kpis) row.push_back(number(episode.deviation(slot, k)));
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace faultprint::daemon::report
