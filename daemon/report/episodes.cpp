#include "daemon/report/episodes.h"

#include <algorithm>
#include <tuple>

namespace faultprint::daemon::report {
namespace {

// An alarm may follow the end by so much and still name the incident (incident_score.h).
constexpr std::int64_t kAlarmAfterUs = 60'000'000;

// Of the newest slot: numbers as they are, states and texts by how many of the newest moved.
std::vector<float> newest_deviations(std::span<const float> window,
                                     const config::InputSpec& input) {
  std::vector<float> deviations;
  const auto newest = window.last(input.columns());
  for (std::size_t k = 0; k < input.numbers(); ++k) deviations.push_back(newest[k]);
  if (input.numbers() == input.kpis.size()) return deviations;
  const auto recent = recent_deviations(window, input);
  for (std::size_t k = input.numbers(); k < input.kpis.size(); ++k)
    deviations.push_back(static_cast<float>(recent[k].deviation));
  return deviations;
}

}  // namespace

const std::vector<std::size_t>& EpisodeCollector::of(const std::string& element) {
  const auto known = by_element_.find(element);
  if (known != by_element_.end()) return known->second;
  std::vector<std::size_t>& list = by_element_[element];
  for (const ingest::Incident* incident : incidents_.faults()) {
    if (episodes_.size() >= limits_.episodes) break;
    if (!ingest::glob_matches(incident->element, element)) continue;
    list.push_back(episodes_.size());
    episodes_.push_back({*incident, element, {}, {}, std::nullopt});
  }
  return list;
}

EpisodeSlot EpisodeCollector::slot_of(const Verdict& verdict, const ScoredSlot* scored) const {
  EpisodeSlot slot;
  slot.time_us = verdict.time_us;
  slot.outcome = verdict.outcome;
  if (scored == nullptr) return slot;
  slot.calm = activity(scored->window, model_.input) <= model_.calm_deviation;
  slot.nearest = verdict.nearest;
  slot.p_value = verdict.match.p_value;
  slot.deviations = newest_deviations(scored->window, model_.input);
  slot.distances.assign(scored->distances,
                        scored->distances + model_.model.clusters.clusters().size());
  slot.embedding = scored->embedding;
  return slot;
}

void EpisodeCollector::add(const std::string& element, const Verdict& verdict,
                           const ScoredSlot* scored) {
  const std::int64_t start_us = verdict.time_us - model_.input.period.count();
  for (const std::size_t i : of(element)) {
    Episode& episode = episodes_[i];
    const ingest::Incident& incident = episode.incident;
    if (start_us < incident.start_us - margin_us() || start_us >= incident.end_us + margin_us() ||
        episode.slots.size() >= limits_.slots)
      continue;
    episode.slots.push_back(slot_of(verdict, scored));
    episode.slots.back().inside = start_us >= incident.start_us && start_us < incident.end_us;
  }
}

std::vector<Episode> EpisodeCollector::finish(const std::vector<AlarmEvent>& events) {
  std::erase_if(episodes_, [](const Episode& e) {
    return std::none_of(e.slots.begin(), e.slots.end(),
                        [](const EpisodeSlot& s) { return s.inside; });
  });
  for (Episode& episode : episodes_) {
    const ingest::Incident& incident = episode.incident;
    for (const AlarmEvent& event : events) {
      if (event.element != episode.element || event.kind != AlarmEvent::Kind::raised ||
          event.time_us < incident.earliest_us() ||
          event.time_us > incident.latest_us() + kAlarmAfterUs)
        continue;
      episode.alarms.push_back(event);
      if (event.fault_type == incident.fault_type && !episode.delay_s)
        episode.delay_s =
            std::max(0.0, static_cast<double>(event.time_us - incident.start_us) / 1'000'000);
    }
  }
  std::stable_sort(episodes_.begin(), episodes_.end(), [](const Episode& a, const Episode& b) {
    return std::tie(a.incident.start_us, a.element) < std::tie(b.incident.start_us, b.element);
  });
  return std::move(episodes_);
}

}  // namespace faultprint::daemon::report
