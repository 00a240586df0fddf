#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/report/episode_curves.h"
#include "daemon/report/sections.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::size_t kExplainedKpis = 10;
constexpr std::size_t kMostSteps = 80;
constexpr std::size_t kStepsAfterAlarm = 6;

// The one named after the median delay; else one with an alarm; else the first.
const Episode* typical_episode(const LabelledHistory& history) {
  std::vector<const Episode*> named;
  for (const Episode& episode : history.episodes)
    if (episode.delay_s) named.push_back(&episode);
  if (!named.empty()) {
    const auto middle = named.begin() + static_cast<std::ptrdiff_t>(named.size() / 2);
    std::stable_sort(named.begin(), named.end(),
                     [](const Episode* a, const Episode* b) { return *a->delay_s < *b->delay_s; });
    return *middle;
  }
  for (const Episode& episode : history.episodes)
    if (!episode.alarms.empty()) return &episode;
  return history.episodes.empty() ? nullptr : &history.episodes.front();
}

Json step(const EpisodeSlot& slot, const Episode& episode, const std::vector<std::size_t>& kpis,
          const model::Projection& picture) {
  Json json;
  json["time"] = ingest::format_rfc3339(slot.time_us);
  json["after_s"] = number(static_cast<double>(slot.time_us - episode.incident.start_us) / 1e6);
  json["inside"] = slot.inside;
  json["outcome"] = static_cast<int>(slot.outcome);
  if (slot.embedding.size() == 0) return json;
  json["calm"] = slot.calm;
  json["nearest"] = slot.nearest;
  json["p_value"] = number(slot.p_value);
  json["point"] = coordinates(picture.apply(slot.embedding))[0];
  json["distances"] = Json::array();
  for (const float d : slot.distances) json["distances"].push_back(number(d));
  json["deviations"] = Json::array();
  for (const std::size_t k : kpis) json["deviations"].push_back(number(slot.deviations[k]));
  return json;
}

// The slots to show: those before the start, and on until a few after the alarm.
std::span<const EpisodeSlot> shown_slots(const Episode& episode) {
  std::size_t end = episode.slots.size();
  if (!episode.alarms.empty()) {
    const std::int64_t alarm_us =
        episode.delay_s
            ? episode.incident.start_us + static_cast<std::int64_t>(*episode.delay_s * 1e6)
            : episode.alarms.front().time_us;
    std::size_t raised = 0;
    while (raised < end && episode.slots[raised].time_us < alarm_us) ++raised;
    end = std::min(end, raised + 1 + kStepsAfterAlarm);
  }
  return std::span(episode.slots).first(std::min(end, kMostSteps));
}

}  // namespace

Json incident_section(const LabelledHistory& history, const LoadedModel& model,
                      const model::Projection& picture, const AlarmRules& rules) {
  const Episode* const episode = typical_episode(history);
  if (episode == nullptr) return nullptr;
  const auto kpis = strongest({episode}, kExplainedKpis);
  Json json = episode_name(*episode);
  json["kpis"] = kpi_names(kpis, model.input);
  json["all_kpis"] = model.input.kpis.size();
  json["window"] = model.input.window;
  json["period_s"] = static_cast<double>(model.input.period.count()) / 1e6;
  json["raise"] = {rules.alarms.raise_count, rules.alarms.raise_of};
  json["calm_deviation"] = number(model.calm_deviation);
  json["steps"] = Json::array();
  for (const EpisodeSlot& slot : shown_slots(*episode))
    json["steps"].push_back(step(slot, *episode, kpis, picture));
  return json;
}

}  // namespace faultprint::daemon::report
