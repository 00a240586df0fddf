// Alarms of type unknown as incidents to label: what a replay found that is like nothing known.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/alarm_tracker.h"
#include "daemon/scorer.h"

namespace faultprint::daemon {

struct UnknownEpisode {
  std::string element;
  std::int64_t start_us = 0;  // of the slot whose verdict was the first abnormal one
  std::int64_t end_us = 0;    // when its alarm cleared, or the element's last verdict
  int kind = 0;               // from 1; episodes that are alike share it
  std::vector<KpiEvidence> kpis;
  std::string nearest_type;  // known fault type it lies nearest; "" where none is known
  double distance = 0;       // to that, in its radii
};

// Follows a pipeline's verdicts and alarm events. An alarm that got a known name while it was up is
// not unknown. Not thread-safe.
class UnknownEpisodes {
 public:
  // raise_of: the n of m of n, how far a raise looks back.
  UnknownEpisodes(ModelPointer model, int raise_of)
      : model_(std::move(model)), raise_of_(static_cast<std::size_t>(raise_of)) {}

  // What Pipeline::process returned and the events it made, all of them, before the next batch.
  void follow(const std::vector<Verdict>& verdicts, std::span<const AlarmEvent> events,
              const ingest::WindowStore& store, const Scorer& scorer);
  // The data ends here. By start.
  std::vector<UnknownEpisode> finish();

 private:
  // Sums over windows of verdict unknown.
  struct Evidence {
    std::size_t windows = 0;
    std::vector<double> window;     // T*F
    std::vector<double> distances;  // C
    void add(const Evidence& other);
  };
  struct Recent {
    std::int64_t time_us;
    bool abnormal;
    Evidence evidence;
  };
  struct Open {
    std::int64_t start_us;
    Evidence evidence;
  };
  struct Watch {  // of one element
    std::int64_t last_us = 0;
    std::deque<Recent> recent;  // the last n scored verdicts
    std::optional<Open> open;
  };
  struct Closed {
    UnknownEpisode episode;
    std::vector<float> window;  // the mean of its unknown windows
  };

  void see(Watch& watch, const Verdict& verdict, const ingest::WindowStore& store,
           const Scorer& scorer);
  void handle(Watch& watch, const AlarmEvent& event);
  void close(Watch& watch, const std::string& element, std::int64_t end_us);
  Evidence evidence_of(std::span<const float> window, const float* distances) const;
  void number_kinds();

  ModelPointer model_;
  std::size_t raise_of_;
  std::unordered_map<std::string, Watch> watches_;
  std::vector<Closed> closed_;
};

// The lines of an incidents file that `train`, `evaluate` and `enroll` take as it is, its header
// first. Further columns tell the labeller what happened. The uncertainty is one period: an edge
// is known no better than the slot it lies in.
std::vector<std::string> to_incident_rows(const std::vector<UnknownEpisode>& episodes,
                                          config::Microseconds period);

}  // namespace faultprint::daemon
