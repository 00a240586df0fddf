#include "daemon/report/episodes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>

#include "daemon/incident_score.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::size_t kFewestKpis = 16;  // that are kept of an episode, however long it is

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

float Episode::deviation(const EpisodeSlot& slot, std::size_t kpi) const {
  const auto place = std::lower_bound(kpis.begin(), kpis.end(), kpi);
  if (slot.deviations.empty() || place == kpis.end() || *place != kpi)
    return std::numeric_limits<float>::quiet_NaN();
  return slot.deviations[static_cast<std::size_t>(place - kpis.begin())];
}

std::vector<double> strengths(const Episode& episode) {
  std::vector<double> sums(episode.kpis.size(), 0.0);
  double count = 0;
  for (const EpisodeSlot& slot : episode.slots) {
    if (!slot.inside || slot.deviations.empty()) continue;
    for (std::size_t k = 0; k < sums.size(); ++k)
      sums[k] += std::abs(static_cast<double>(slot.deviations[k]));
    count += 1;
  }
  for (double& sum : sums) sum /= std::max(count, 1.0);
  return sums;
}

EpisodeCollector::Watched& EpisodeCollector::of(const std::string& element) {
  const auto known = by_element_.find(element);
  if (known != by_element_.end()) return known->second;
  Watched& watched = by_element_[element];
  for (const ingest::Incident* incident : incidents_.faults())
    if (ingest::element_matches(incident->element, element))
      watched.incidents.push_back({incident});
  std::stable_sort(watched.incidents.begin(), watched.incidents.end(),
                   [](const Candidate& a, const Candidate& b) {
                     return a.incident->start_us < b.incident->start_us;
                   });
  return watched;
}

EpisodeSlot EpisodeCollector::slot_of(const Verdict& verdict, const ScoredSlot* scored) const {
  EpisodeSlot slot;
  slot.time_us = verdict.time_us;
  slot.outcome = verdict.outcome;
  if (scored == nullptr) return slot;
  slot.calm = activity(scored->window, model_.input) <= model_.calm_deviation;
  slot.nearest = verdict.nearest;
  slot.p_value = verdict.match.p_value;
  slot.unfamiliar = verdict.unfamiliar;
  slot.distances.assign(scored->distances,
                        scored->distances + model_.model.clusters.clusters().size());
  slot.embedding = scored->embedding;
  return slot;
}

// Keeps what its slots hold within the limit.
void EpisodeCollector::fit(Episode& episode) const {
  const std::size_t others = model_.model.clusters.clusters().size() +
                             static_cast<std::size_t>(model_.model.encoder.spec().width());
  while (episode.kpis.size() > kFewestKpis &&
         episode.slots.size() * (episode.kpis.size() + others) > limits_.values) {
    const std::vector<double> strength = strengths(episode);
    std::vector<std::size_t> places(episode.kpis.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return strength[a] > strength[b]; });
    places.resize(std::max(kFewestKpis, places.size() / 2));
    std::sort(places.begin(), places.end());
    const auto only = [&](auto& list) {
      std::remove_reference_t<decltype(list)> kept;
      for (const std::size_t place : places) kept.push_back(list[place]);
      list = std::move(kept);
    };
    only(episode.kpis);
    for (EpisodeSlot& slot : episode.slots)
      if (!slot.deviations.empty()) only(slot.deviations);
  }
}

void EpisodeCollector::keep(Candidate& candidate, const std::string& element, EpisodeSlot slot,
                            const ScoredSlot* scored) {
  if (candidate.episode == kNone) {
    if (episodes_.size() >= limits_.episodes) return;
    candidate.episode = episodes_.size();
    Episode& episode = episodes_.emplace_back();
    episode.incident = *candidate.incident;
    episode.element = element;
    episode.kpis.resize(model_.input.kpis.size());
    std::iota(episode.kpis.begin(), episode.kpis.end(), std::size_t{0});
  }
  Episode& episode = episodes_[candidate.episode];
  if (episode.slots.size() >= limits_.slots) return;
  if (scored != nullptr) {
    const std::vector<float> all = newest_deviations(scored->window, model_.input);
    for (const std::size_t kpi : episode.kpis) slot.deviations.push_back(all[kpi]);
  }
  episode.slots.push_back(std::move(slot));
  fit(episode);
}

void EpisodeCollector::add(const std::string& element, const Verdict& verdict,
                           const ScoredSlot* scored) {
  const std::int64_t start_us = verdict.time_us - model_.input.period.count();
  Watched& watched = of(element);
  auto& list = watched.incidents;
  while (watched.first < list.size() &&
         start_us >= list[watched.first].incident->end_us + after_us())
    ++watched.first;
  for (std::size_t i = watched.first; i < list.size(); ++i) {
    const ingest::Incident& incident = *list[i].incident;
    if (start_us < incident.start_us - before_us()) break;
    if (start_us >= incident.end_us + after_us()) continue;
    EpisodeSlot slot = slot_of(verdict, scored);
    slot.inside = start_us >= incident.start_us && start_us < incident.end_us;
    if (slot.inside && !std::exchange(list[i].seen, true)) ++seen_;
    keep(list[i], element, std::move(slot), scored);
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
          event.time_us > incident.latest_us() + kNamedUntilUs)
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
