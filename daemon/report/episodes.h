// Incidents as they went on each element: every slot of them, some before and a window after.
#pragma once

#include <algorithm>
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
  bool unfamiliar = false;        // near what is normal, and unknown for its shape alone
  std::vector<float> deviations;  // one for each of Episode::kpis; a state or text that moved in
                                  // all of the newest slots deviates by 10
  std::vector<float> distances;   // to each cluster, in its radii
  model::RowVector embedding;
};

struct Episode {
  ingest::Incident incident;
  std::string element;
  std::vector<std::size_t> kpis;  // places in the input, ascending: all, or those that move most
  std::vector<EpisodeSlot> slots;
  std::vector<AlarmEvent> alarms;  // of the element, from the start to shortly after the end
  std::optional<double> delay_s;   // of the first alarm that names it, less the incident's start

  // NaN where the slot was not scored, or this KPI is none of those kept.
  float deviation(const EpisodeSlot& slot, std::size_t kpi) const;
};

// Mean size of the deviation inside the incident, of each of its KPIs.
std::vector<double> strengths(const Episode& episode);

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
    // Floats of an episode, 640 kB. Where all KPIs of its slots would be more, half of them are
    // dropped, again and again: those that have moved least.
    std::size_t values = 160000;
  };
  static constexpr int kSlotsBefore = 20;  // of a longer window no more are kept before the start
  EpisodeCollector(const ingest::Incidents& incidents, const LoadedModel& model, Limits limits)
      : incidents_(incidents), model_(model), limits_(limits) {}

  // The next slot of an element. scored: null where it was not.
  void add(const std::string& element, const Verdict& verdict, const ScoredSlot* scored);
  // By start, and element. events: all of the history's.
  std::vector<Episode> finish(const std::vector<AlarmEvent>& events);
  // Incidents on an element with a slot inside, whether they are kept or beyond the limit.
  std::size_t seen() const { return seen_; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Candidate {
    const ingest::Incident* incident = nullptr;
    std::size_t episode = kNone;  // place of it
    bool seen = false;            // a slot was inside
  };
  struct Watched {                     // an element
    std::vector<Candidate> incidents;  // by start
    std::size_t first = 0;             // all before are over
  };

  Watched& of(const std::string& element);
  void keep(Candidate& candidate, const std::string& element, EpisodeSlot slot,
            const ScoredSlot* scored);
  EpisodeSlot slot_of(const Verdict& verdict, const ScoredSlot* scored) const;
  void fit(Episode& episode) const;
  std::int64_t before_us() const {
    return std::min(model_.input.window, kSlotsBefore) * model_.input.period.count();
  }
  std::int64_t after_us() const { return model_.input.window * model_.input.period.count(); }

  const ingest::Incidents& incidents_;
  const LoadedModel& model_;
  Limits limits_;
  std::vector<Episode> episodes_;
  std::size_t seen_ = 0;
  std::map<std::string, Watched, std::less<>> by_element_;
};

}  // namespace faultprint::daemon::report
