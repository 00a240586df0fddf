#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "daemon/report/episode_curves.h"
#include "daemon/report/sections.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::size_t kExplainedKpis = 10;
constexpr std::size_t kMostSteps = 80;
constexpr std::size_t kBeginning = 40;  // slots shown of what is longer, those before it included
constexpr std::size_t kStepsAfterAlarm = 6;
constexpr std::size_t kMostIncidentBytes = 400'000;  // of all incidents told, as JSON

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

// The typical one; then of each fault type in turn what went worst: those that no alarm names, then
// the slowest.
std::vector<const Episode*> by_interest(const LabelledHistory& history, const Episode* typical) {
  std::map<std::string, std::vector<const Episode*>> by_type;
  for (const Episode& episode : history.episodes)
    if (&episode != typical) by_type[episode.incident.fault_type].push_back(&episode);
  std::size_t most = 0;
  for (auto& [type, list] : by_type) {
    const auto badness = [](const Episode* e) { return e->delay_s.value_or(HUGE_VAL); };
    std::stable_sort(list.begin(), list.end(),
                     [&](const Episode* a, const Episode* b) { return badness(a) > badness(b); });
    most = std::max(most, list.size());
  }
  std::vector<const Episode*> order{typical};
  for (std::size_t i = 0; i < most; ++i)
    for (const auto& [type, list] : by_type)
      if (i < list.size()) order.push_back(list[i]);
  return order;
}

Json step(std::size_t at, const Episode& episode, const std::vector<std::size_t>& kpis,
          const model::Projection& picture) {
  const EpisodeSlot& slot = episode.slots[at];
  Json json;
  json["slot"] = at;
  json["time"] = ingest::format_rfc3339(slot.time_us);
  // Exact, as the alarm's is, which is found by it.
  json["after_s"] = static_cast<double>(slot.time_us - episode.incident.start_us) / 1e6;
  json["inside"] = slot.inside;
  json["outcome"] = static_cast<int>(slot.outcome);
  if (slot.embedding.size() == 0) return json;
  json["calm"] = slot.calm;
  json["unfamiliar"] = slot.unfamiliar;
  json["nearest"] = slot.nearest;
  json["p_value"] = number(slot.p_value);
  json["point"] = coordinates(picture.apply(slot.embedding))[0];
  json["distances"] = Json::array();
  for (const float d : slot.distances) json["distances"].push_back(number(d));
  json["deviations"] = Json::array();
  for (const std::size_t k : kpis) json["deviations"].push_back(number(episode.deviation(slot, k)));
  return json;
}

// The slot of the alarm that names it, or else of the first; the number of slots where it is none
// of those kept.
std::size_t alarm_slot(const Episode& episode) {
  if (episode.alarms.empty()) return episode.slots.size();
  const std::int64_t alarm_us =
      episode.delay_s ? episode.incident.start_us + std::llround(*episode.delay_s * 1e6)
                      : episode.alarms.front().time_us;
  const auto raised =
      std::find_if(episode.slots.begin(), episode.slots.end(),
                   [&](const EpisodeSlot& slot) { return slot.time_us >= alarm_us; });
  return static_cast<std::size_t>(raised - episode.slots.begin());
}

// Those before the start, and on until a few after the alarm. Where that is too long: how it
// begins, and what led to the alarm, all verdicts that it counts (so many) included.
std::vector<std::size_t> shown_slots(const Episode& episode, std::size_t counted) {
  const std::size_t raised = alarm_slot(episode);
  const std::size_t end = std::min(episode.slots.size(), raised + 1 + kStepsAfterAlarm);
  std::size_t first_end = std::min(end, kMostSteps);
  std::size_t last_begin = end;
  if (end > kMostSteps && raised < episode.slots.size()) {
    first_end = kBeginning;
    const std::size_t last = std::max(kMostSteps - kBeginning, counted + 1 + kStepsAfterAlarm);
    last_begin = std::max(first_end, end - std::min(end, last));
  }
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < first_end; ++i) shown.push_back(i);
  for (std::size_t i = last_begin; i < end; ++i) shown.push_back(i);
  return shown;
}

Json told(const Episode& episode, const LoadedModel& model, const model::Projection& picture,
          const AlarmRules& rules) {
  const auto kpis = strongest({&episode}, kExplainedKpis);
  const auto counted = std::max(rules.alarms.raise_of, rules.alarms.raise_unknown_of);
  Json json = episode_name(episode);
  json["kpis"] = kpi_names(kpis, model.input);
  json["steps"] = Json::array();
  for (const std::size_t at : shown_slots(episode, static_cast<std::size_t>(counted)))
    json["steps"].push_back(step(at, episode, kpis, picture));
  return json;
}

}  // namespace

Json incidents_section(const LabelledHistory& history, const LoadedModel& model,
                       const model::Projection& picture, const AlarmRules& rules) {
  const Episode* const typical = typical_episode(history);
  if (typical == nullptr) return nullptr;
  std::map<const Episode*, Json> chosen;  // as they lie in the history: by start
  std::size_t bytes = 0;
  for (const Episode* episode : by_interest(history, typical)) {
    Json json = told(*episode, model, picture, rules);
    bytes += json.dump().size();
    if (bytes > kMostIncidentBytes && !chosen.empty()) break;
    chosen.emplace(episode, std::move(json));
  }
  Json json;
  json["all_kpis"] = model.input.kpis.size();
  json["window"] = model.input.window;
  json["period_s"] = static_cast<double>(model.input.period.count()) / 1e6;
  json["raise"] = {rules.alarms.raise_count, rules.alarms.raise_of};
  json["raise_unknown"] = {rules.alarms.raise_unknown_count, rules.alarms.raise_unknown_of};
  json["calm_deviation"] = number(model.calm_deviation);
  json["seen"] = history.episodes_seen;
  json["kept"] = history.episodes.size();
  json["typical"] = std::distance(chosen.begin(), chosen.find(typical));
  json["list"] = Json::array();
  for (auto& [episode, told_json] : chosen) json["list"].push_back(std::move(told_json));
  return json;
}

}  // namespace faultprint::daemon::report
