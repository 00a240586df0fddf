// Verdicts of each element to alarms: raised when m of the last n are not normal, named by their
// summed evidence, cleared after k normal ones in a row. An alarm without a name takes an m and n of
// its own. not_scored verdicts do not count. A pure
// function of the verdicts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/loaded_model.h"
#include "daemon/verdict.h"
#include "ingest/state_io.h"

namespace faultprint::daemon {

struct AlarmEvent {
  enum class Kind { raised, changed, cleared };
  Kind kind = Kind::raised;
  std::string id;  // of the alarm: element and raise time
  std::string element;
  std::int64_t time_us = 0;
  std::string fault_type;
  std::string severity;
  int abnormal = 0;  // of the last `of` verdicts
  int of = 0;
  double score = 0;  // how much nearer than normal, in radii, on average
  std::vector<KpiEvidence> kpis;
  std::string reason;  // of a clearing: "normal", "element forgotten", "model has no such type"
};

const char* name(AlarmEvent::Kind kind);
std::string to_json_line(const AlarmEvent& event);

struct ActiveAlarm {
  std::string id;
  std::string element;
  std::int64_t raised_us = 0;
  std::string fault_type;
  std::string severity;
  // As they were at the raise: the labels that Prometheus has for the alarm's life.
  std::string raised_type;
  std::string raised_severity;
};

class AlarmTracker {
 public:
  static constexpr const char* kUnknown = "unknown";

  explicit AlarmTracker(config::AlarmConfig options) : options_(std::move(options)) {}

  // One verdict; `distances` are its row's (C values, null when not scored) and `window` its cells.
  void add(const Verdict& verdict, const std::string& element, const float* distances,
           std::span<const float> window, const LoadedModel& model,
           std::vector<AlarmEvent>& events);
  // The element is gone at that time: its alarm, if any, is cleared.
  void forget(std::uint32_t element, std::int64_t time_us, std::vector<AlarmEvent>& events);
  // A reload: evidence of the old model is dropped; alarms whose type the new one cannot name are
  // cleared at `time_us`.
  void adopt(const config::AlarmConfig& options, const LoadedModel& model, std::int64_t time_us,
             std::vector<AlarmEvent>& events);

  std::vector<ActiveAlarm> active() const;

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
  void raise(State& state, const Verdict& verdict, const std::string& element, const Naming& naming,
             std::vector<AlarmEvent>& events) const;
  void follow(State& state, const Verdict& verdict, const Naming& naming,
              std::vector<AlarmEvent>& events) const;
  static void clear(State& state, std::int64_t time_us, const char* reason,
                    std::vector<AlarmEvent>& events);
  static AlarmEvent event(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us,
                          const Naming& naming);

  config::AlarmConfig options_;
  std::vector<State> states_;  // by WindowStore's element number
};

}  // namespace faultprint::daemon
