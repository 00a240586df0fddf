// Incidents as they went on each element: every slot of them, and of a window before and after.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/alarm_tracker.h"
#include "daemon/loaded_model.h"
#include "ingest/incidents.h"

namespace faultprint::daemon::report {

struct EpisodeSlot {
  std::int64_t time_us = 0;  // its end
  Outcome outcome = Outcome::not_scored;
  bool inside = false;  // the incident covers it
  // Of scored slots alone:
  bool calm = false;  // nothing moves
  int nearest = 0;    // cluster
  float p_value = 1;
  std::vector<float> deviations;  // one a KPI, in the input's order; a state or text that moved in
                                  // all of the newest slots deviates by 10
  std::vector<float> distances;   // to each cluster, in its radii
  model::RowVector embedding;
};

struct Episode {
  ingest::Incident incident;
  std::string element;
  std::vector<EpisodeSlot> slots;
  std::vector<AlarmEvent> alarms;  // of the element, from the start to a window after the end
  std::optional<double> delay_s;   // of the first alarm that names it, less the incident's start
};

// A scored slot as it comes.
struct ScoredSlot {
  std::span<const float> window;
  const float* distances;
  model::RowVector embedding;
};

class EpisodeCollector {
 public:
  struct Limits {
    std::size_t episodes = 400;
    std::size_t slots = 1500;  // of an episode
  };
  EpisodeCollector(const ingest::Incidents& incidents, const LoadedModel& model, Limits limits)
      : incidents_(incidents), model_(model), limits_(limits) {}

  // The next slot of an element. scored: null where it was not.
  void add(const std::string& element, const Verdict& verdict, const ScoredSlot* scored);
  // By start, and element. events: all of the history's.
  std::vector<Episode> finish(const std::vector<AlarmEvent>& events);

 private:
  // The element's faults, made episodes of when it is first seen.
  const std::vector<std::size_t>& of(const std::string& element);
  EpisodeSlot slot_of(const Verdict& verdict, const ScoredSlot* scored) const;
  std::int64_t margin_us() const { return model_.input.window * model_.input.period.count(); }

  const ingest::Incidents& incidents_;
  const LoadedModel& model_;
  Limits limits_;
  std::vector<Episode> episodes_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_element_;
};

}  // namespace faultprint::daemon::report
