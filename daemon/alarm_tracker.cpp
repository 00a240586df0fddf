#include "daemon/alarm_tracker.h"

#include <algorithm>

#include "daemon/severity_rules.h"

namespace faultprint::daemon {
AlarmTracker::State& AlarmTracker::state(std::uint32_t element) {
  if (element >= states_.size()) states_.resize(element + 1);
  return states_[element];
}

void AlarmTracker::add(const Verdict& verdict, const std::string& element, const Seen& seen,
                       const LoadedModel& model, std::vector<AlarmEvent>& events) {
  State& s = state(verdict.element);
  if (verdict.fresh) forget(verdict.element, verdict.time_us, events);
  if (verdict.outcome == Outcome::not_scored) return;
  const bool abnormal = verdict.outcome != Outcome::normal;
  if (!abnormal && s.recent.empty() && !s.alarm) return;
  remember(s, verdict, seen.distances, model);
  s.normal_run = abnormal ? 0 : s.normal_run + 1;
  const std::size_t before = events.size();
  if (s.alarm) {
    follow(s, verdict, naming(s, options_.raise_of, model), events);
  } else if (const auto named = abnormal ? due(s, model) : std::nullopt) {
    const Maintenance::Work* const work =
        plans_.maintenance ? plans_.maintenance->at(element, verdict.time_us) : nullptr;
    if (work != nullptr)
      withhold(s, verdict, element, *named, *work, events);
    else
      raise(s, verdict, element, *named, events);
  }
  explain_events(s, verdict, seen, model, std::span(events).subspan(before));
  if (!s.alarm && std::none_of(s.recent.begin(), s.recent.end(),
                               [](const Recent& recent) { return recent.abnormal; }))
    s = State{};
}

void AlarmTracker::explain_events(State& s, const Verdict& verdict, const Seen& seen,
                                  const LoadedModel& model, std::span<AlarmEvent> events) const {
  if (seen.window.empty()) return;
  for (AlarmEvent& event : events) {
    if (event.kind == AlarmEvent::Kind::cleared) {
      event.why.kpis = strongest_kpis(seen.window, model.input);
      continue;
    }
    event.why = explain(verdict, seen.window, seen.values, model);
    if (event.kind == AlarmEvent::Kind::withheld) continue;
    event.clear = options_.clear;
    event.period = model.input.period;
    s.alarm->changed_us = event.time_us;
    s.alarm->evidence = evidence_json(event);
  }
}

// Verdicts before the first abnormal one need no place: they would only say "normal".
void AlarmTracker::remember(State& s, const Verdict& verdict, const float* distances,
                            const LoadedModel& model) const {
  Recent recent;
  recent.abnormal = verdict.outcome != Outcome::normal;
  recent.unknown = verdict.outcome == Outcome::unknown;
  if (recent.abnormal) {
    const std::size_t clusters = model.model.clusters.clusters().size();
    for (std::size_t c = 0; c < clusters; ++c)
      recent.evidence.push_back(distances[model.normal] - distances[c]);
  }
  s.recent.push_back(std::move(recent));
  const auto most =
      static_cast<std::size_t>(std::max(options_.raise_of, options_.raise_unknown_of));
  while (s.recent.size() > most) s.recent.erase(s.recent.begin());
}

// What an alarm would be raised as, where one is.
std::optional<AlarmTracker::Naming> AlarmTracker::due(const State& s,
                                                      const LoadedModel& model) const {
  Naming named = naming(s, options_.raise_of, model);
  if (named.abnormal >= options_.raise_count && named.fault_type != kUnknown) return named;
  Naming any = naming(s, options_.raise_unknown_of, model);
  if (any.abnormal >= options_.raise_unknown_count) return any;
  return std::nullopt;
}

// Unknown when most of the abnormal verdicts are; else the type with the greatest sum of evidence
// over the verdicts that are like some type.
AlarmTracker::Naming AlarmTracker::naming(const State& s, int of, const LoadedModel& model) {
  Naming result;
  result.of = of;
  int unknowns = 0;
  std::vector<double> sums(model.model.clusters.clusters().size(), 0.0);
  const auto newest = std::min(s.recent.size(), static_cast<std::size_t>(of));
  for (const Recent& recent : std::span(s.recent).last(newest)) {
    if (!recent.abnormal) continue;
    ++result.abnormal;
    if (recent.unknown) {
      ++unknowns;
      continue;
    }
    for (std::size_t c = 0; c < recent.evidence.size(); ++c) sums[c] += recent.evidence[c];
  }
  if (result.abnormal == 0) return result;
  if (2 * unknowns > result.abnormal) {
    result.fault_type = kUnknown;
    return result;
  }
  int best = -1;
  for (int c = 0; c < static_cast<int>(sums.size()); ++c)
    if (c != model.normal &&
        (best < 0 || sums[static_cast<std::size_t>(c)] > sums[static_cast<std::size_t>(best)]))
      best = c;
  if (best < 0) return result;
  result.fault_type = model.label(best);
  result.score = sums[static_cast<std::size_t>(best)] / (result.abnormal - unknowns);
  return result;
}

void AlarmTracker::raise(State& s, const Verdict& verdict, const std::string& element,
                         const Naming& naming, std::vector<AlarmEvent>& events) const {
  s.alarm = std::make_unique<ActiveAlarm>();
  ActiveAlarm& alarm = *s.alarm;
  alarm.id = identity(element, verdict.time_us);
  alarm.element = element;
  alarm.raised_us = alarm.changed_us = verdict.time_us;
  alarm.fault_type = alarm.raised_type = naming.fault_type;
  alarm.severity = alarm.raised_severity =
      severity_of(options_, naming.fault_type, element, config::Microseconds(0));
  if (plans_.inventory) alarm.labels = plans_.inventory->labels(element);
  s.normal_run = 0;
  s.renamed_run = 0;
  s.withheld = false;
  events.push_back(event(AlarmEvent::Kind::raised, *s.alarm, verdict.time_us, naming));
}

// Told once; when the work ends before the fault does, the next verdict raises it.
void AlarmTracker::withhold(State& s, const Verdict& verdict, const std::string& element,
                            const Naming& naming, const Maintenance::Work& work,
                            std::vector<AlarmEvent>& events) const {
  if (s.withheld) return;
  s.withheld = true;
  ActiveAlarm alarm;
  alarm.id = identity(element, verdict.time_us);
  alarm.element = element;
  alarm.fault_type = naming.fault_type;
  alarm.severity = severity_of(options_, naming.fault_type, element, config::Microseconds(0));
  if (plans_.inventory) alarm.labels = plans_.inventory->labels(element);
  events.push_back(event(AlarmEvent::Kind::withheld, alarm, verdict.time_us, naming));
  events.back().reason = work.reason;
}

// An alarm that is up: cleared by k normal verdicts in a row, renamed by evidence that would raise
// another one now and has held for as long as a raise looks back, made more or less severe by age.
void AlarmTracker::follow(State& s, const Verdict& verdict, const Naming& naming,
                          std::vector<AlarmEvent>& events) const {
  if (s.normal_run >= options_.clear) {
    clear(s, verdict.time_us, "normal", events);
    return;
  }
  const bool other = naming.abnormal >= options_.raise_count && naming.fault_type != kUnknown &&
                     naming.fault_type != s.alarm->fault_type;
  s.renamed_run = other ? s.renamed_run + 1 : 0;
  const bool was_unknown = s.alarm->fault_type == kUnknown;
  const bool renamed = s.renamed_run >= (was_unknown ? 1 : options_.raise_of);
  if (renamed) {
    s.renamed_run = 0;
    s.alarm->fault_type = naming.fault_type;
  }
  // What is explained is an abnormal window: age alone tells nothing while verdicts are normal.
  if (!renamed && s.normal_run > 0) return;
  const std::string& severity =
      severity_of(options_, s.alarm->fault_type, s.alarm->element,
                  config::Microseconds(verdict.time_us - s.alarm->raised_us));
  if (!renamed && severity == s.alarm->severity) return;
  s.alarm->severity = severity;
  events.push_back(event(AlarmEvent::Kind::changed, *s.alarm, verdict.time_us, naming));
}

void AlarmTracker::clear(State& s, std::int64_t time_us, const char* reason,
                         std::vector<AlarmEvent>& events) {
  if (s.alarm) {
    AlarmEvent cleared;
    cleared.kind = AlarmEvent::Kind::cleared;
    cleared.id = s.alarm->id;
    cleared.element = s.alarm->element;
    cleared.time_us = time_us;
    cleared.fault_type = s.alarm->fault_type;
    cleared.severity = s.alarm->severity;
    cleared.labels = s.alarm->labels;
    cleared.reason = reason;
    events.push_back(std::move(cleared));
  }
  s = State{};
}

AlarmEvent AlarmTracker::event(AlarmEvent::Kind kind, const ActiveAlarm& alarm,
                               std::int64_t time_us, const Naming& naming) {
  AlarmEvent e;
  e.kind = kind;
  e.id = alarm.id;
  e.element = alarm.element;
  e.time_us = time_us;
  e.fault_type = alarm.fault_type;
  e.severity = alarm.severity;
  e.labels = alarm.labels;
  e.abnormal = naming.abnormal;
  e.of = naming.of;
  e.score = naming.score;
  return e;
}

void AlarmTracker::forget(std::uint32_t element, std::int64_t time_us,
                          std::vector<AlarmEvent>& events) {
  if (element < states_.size()) clear(states_[element], time_us, "element forgotten", events);
}

void AlarmTracker::adopt(const LoadedModel& model, std::int64_t time_us,
                         std::vector<AlarmEvent>& events) {
  for (State& s : states_) {
    s.recent = {};
    if (s.alarm && s.alarm->fault_type != kUnknown &&
        model.model.clusters.index(s.alarm->fault_type) < 0)
      clear(s, time_us, "model has no such type", events);
  }
}

std::vector<ActiveAlarm> AlarmTracker::active() const {
  std::vector<ActiveAlarm> alarms;
  for (const State& s : states_)
    if (s.alarm) alarms.push_back(*s.alarm);
  return alarms;
}

const ActiveAlarm* AlarmTracker::active(std::uint32_t element) const {
  return element < states_.size() ? states_[element].alarm.get() : nullptr;
}

int AlarmTracker::abnormal(std::uint32_t element) const {
  if (element >= states_.size()) return 0;
  const auto& recent = states_[element].recent;
  return static_cast<int>(
      std::count_if(recent.begin(), recent.end(), [](const Recent& r) { return r.abnormal; }));
}

}  // namespace faultprint::daemon
