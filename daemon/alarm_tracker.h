// Verdicts of each element to alarms: raised when m of the last n are not normal, named by their
// summed evidence, cleared after k normal ones in a row; withheld while planned work is on the
// element. When an event was detected is its caller's to add. An alarm without a name takes an m
// and n of its own. One that is raised over and over is held up as one until it is quiet.
// not_scored verdicts do not count. A pure function of the verdicts and the plans.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/active_alarm.h"
#include "daemon/alarm_event.h"
#include "daemon/alarm_plans.h"
#include "daemon/loaded_model.h"
#include "daemon/raise_history.h"
#include "daemon/verdict.h"
#include "ingest/state_io.h"

namespace faultprint::daemon {

class AlarmTracker {
 public:
  static constexpr const char* kUnknown = "unknown";

  explicit AlarmTracker(config::AlarmConfig options, AlarmPlans plans = {})
      : options_(std::move(options)), plans_(std::move(plans)) {}

  // What a verdict was told by. Nothing where it is not scored.
  struct Seen {
    const float* distances = nullptr;  // to each of the C clusters
    std::span<const float> window;     // its cells; empty: events need no explanation
    std::span<const float> values;     // ingest::Batch::seen of its row
  };
  void add(const Verdict& verdict, const std::string& element, const Seen& seen,
           const LoadedModel& model, std::vector<AlarmEvent>& events);
  // The element is gone at that time: its alarm, if any, is cleared.
  void forget(std::uint32_t element, std::int64_t time_us, std::vector<AlarmEvent>& events,
              const char* reason = "element forgotten");
  // Another model: evidence of the old one is dropped; alarms whose type the new one cannot name
  // are cleared at `time_us`.
  void adopt(const LoadedModel& model, std::int64_t time_us, std::vector<AlarmEvent>& events);

  // The event's alarm, where it is up still, is folded.
  void set_folded(std::uint32_t element, const AlarmEvent& event);

  // Other rules, planned work and labels, from now on.
  void set_rules(config::AlarmConfig options) { options_ = std::move(options); }
  void set_plans(AlarmPlans plans) { plans_ = std::move(plans); }

  std::vector<ActiveAlarm> active() const;
  const ActiveAlarm* active(std::uint32_t element) const;  // null: it has none
  int abnormal(std::uint32_t element) const;               // of its last n verdicts

  void write(ingest::StateWriter& out) const;
  void read(ingest::StateReader& in);

 private:
  struct Recent {  // one of the last n verdicts
    bool abnormal = false;
    bool unknown = false;
    std::vector<float> evidence;  // per cluster: distance to normal less distance to it
  };
  struct State {
    std::vector<Recent> recent;  // oldest first, at most the greater n; empty while all are normal
    std::unique_ptr<ActiveAlarm> alarm;
    std::int32_t normal_run = 0;
    bool withheld = false;         // would be up, were there no planned work
    std::int32_t renamed_run = 0;  // verdicts in a row that would name it otherwise
  };
  struct Naming {
    std::string fault_type;
    int abnormal = 0;
    int of = 0;
    double score = 0;
  };

  State& state(std::uint32_t element);
  void remember(State& state, const Verdict& verdict, const float* distances,
                const LoadedModel& model) const;
  // By the last `of` verdicts.
  static Naming naming(const State& state, int of, const LoadedModel& model);
  std::optional<Naming> due(const State& state, const LoadedModel& model) const;
  void raise_or_withhold(State& state, const Verdict& verdict, const std::string& element,
                         const Naming& naming, std::vector<AlarmEvent>& events);
  void raise(State& state, const Verdict& verdict, const std::string& element, const Naming& naming,
             std::vector<AlarmEvent>& events);
  void withhold(State& state, const Verdict& verdict, const std::string& element,
                const Naming& naming, const Maintenance::Work& work,
                std::vector<AlarmEvent>& events) const;
  void follow(State& state, const Verdict& verdict, const std::string& element,
              const LoadedModel& model, std::vector<AlarmEvent>& events);
  void change(State& state, const Verdict& verdict, const Naming& naming,
              std::vector<AlarmEvent>& events);
  bool is_over(const State& state, std::int64_t time_us) const;
  void clear(std::uint32_t element, std::int64_t time_us, const char* reason,
             std::vector<AlarmEvent>& events);
  void explain_events(State& state, const Verdict& verdict, const Seen& seen,
                      const LoadedModel& model, std::span<AlarmEvent> events) const;
  static AlarmEvent event(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us,
                          const Naming& naming);

  config::AlarmConfig options_;
  AlarmPlans plans_;
  std::vector<State> states_;  // by WindowStore's element number
  RaiseHistory history_;
};

}  // namespace faultprint::daemon
