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
  if (verdict.fresh)
    forget(verdict.element, verdict.time_us, events,
           verdict.relearned ? "baseline relearned" : "element forgotten");
  if (verdict.outcome == Outcome::not_scored) return;
  const bool abnormal = verdict.outcome != Outcome::normal;
  if (!abnormal && s.recent.empty() && !s.alarm && !s.withheld) return;
  remember(s, verdict, seen.distances, model);
  s.normal_run = abnormal ? 0 : s.normal_run + 1;
  const std::size_t before = events.size();
  if (s.alarm)
    follow(s, verdict, element, model, events);
  else if (const auto named = abnormal ? due(s, model) : std::nullopt)
    raise_or_withhold(s, verdict, element, *named, events);
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
    if (event.flaps > 0) event.quiet = options_.flapping.hold;
    s.alarm->changed_us = event.time_us;
    s.alarm->evidence = evidence_json(event);
  }
}

void AlarmTracker::raise_or_withhold(State& s, const Verdict& verdict, const std::string& element,
                                     const Naming& naming, std::vector<AlarmEvent>& events) {
  const Maintenance::Work* const work =
      plans_.maintenance ? plans_.maintenance->at(element, verdict.time_us) : nullptr;
  if (work != nullptr)
    withhold(s, verdict, element, naming, *work, events);
  else
    raise(s, verdict, element, naming, events);
}

void AlarmTracker::raise(State& s, const Verdict& verdict, const std::string& element,
                         const Naming& naming, std::vector<AlarmEvent>& events) {
  s.alarm = std::make_unique<ActiveAlarm>(
      new_alarm(element, naming.fault_type, verdict.time_us, options_, plans_));
  s.alarm->detected_us = verdict.decided_us;
  s.normal_run = 0;
  s.renamed_run = 0;
  s.withheld = false;
  events.push_back(event(AlarmEvent::Kind::raised, *s.alarm, verdict.time_us, naming));
  change(s, verdict, naming, events);  // it may be flapping from the first
}

// Told once; when the work ends before the fault does, the next verdict raises it.
void AlarmTracker::withhold(State& s, const Verdict& verdict, const std::string& element,
                            const Naming& naming, const Maintenance::Work& work,
                            std::vector<AlarmEvent>& events) const {
  if (s.withheld) return;
  s.withheld = true;
  const ActiveAlarm alarm =
      new_alarm(element, naming.fault_type, verdict.time_us, options_, plans_);
  events.push_back(event(AlarmEvent::Kind::withheld, alarm, verdict.time_us, naming));
  events.back().reason = work.reason;
}

// An alarm that is up: cleared by k normal verdicts in a row, renamed by evidence that would raise
// another one now and has held for as long as a raise looks back, made more or less severe by age.
void AlarmTracker::follow(State& s, const Verdict& verdict, const std::string& element,
                          const LoadedModel& model, std::vector<AlarmEvent>& events) {
  ActiveAlarm& alarm = *s.alarm;
  const bool abnormal = s.normal_run == 0;
  if (abnormal) alarm.abnormal_us = verdict.time_us;
  alarm.lull = alarm.lull || s.normal_run >= options_.clear;
  if (is_over(s, verdict.time_us)) {
    clear(verdict.element, verdict.time_us, alarm.flaps > 0 ? "quiet" : "normal", events);
    return;
  }
  if (const auto anew = alarm.lull && abnormal ? due(s, model) : std::nullopt) {
    alarm.lull = false;
    if (anew->fault_type != kUnknown && anew->fault_type != alarm.fault_type) {
      auto recent = std::move(s.recent);
      clear(verdict.element, verdict.time_us, "other fault", events);
      s.recent = std::move(recent);
      raise_or_withhold(s, verdict, element, *anew, events);
      return;
    }
  }
  change(s, verdict, naming(s, options_.raise_of, model), events);
}

// One that is held up goes once it has been quiet for as long as that takes.
bool AlarmTracker::is_over(const State& s, std::int64_t time_us) const {
  if (s.normal_run < options_.clear) return false;
  if (s.alarm->flaps == 0 || options_.flapping.count == 0) return true;
  return time_us - s.alarm->abnormal_us >= options_.flapping.hold.count();
}

void AlarmTracker::change(State& s, const Verdict& verdict, const Naming& naming,
                          std::vector<AlarmEvent>& events) {
  ActiveAlarm& alarm = *s.alarm;
  const AlarmEvent::Was was{alarm.fault_type, alarm.severity};
  const bool other = naming.abnormal >= options_.raise_count && naming.fault_type != kUnknown &&
                     naming.fault_type != alarm.fault_type;
  s.renamed_run = other ? s.renamed_run + 1 : 0;
  const bool was_unknown = alarm.fault_type == kUnknown;
  const bool renamed = s.renamed_run >= (was_unknown ? 1 : options_.raise_of);
  if (renamed) {
    s.renamed_run = 0;
    alarm.fault_type = naming.fault_type;
    alarm.probable_cause = options_.probable_cause_of(alarm.fault_type);
  }
  // What is explained is an abnormal window: age alone tells nothing while verdicts are normal.
  if (!renamed && s.normal_run > 0) return;
  const int flaps =
      history_.flaps(options_.flapping, verdict.element, alarm.fault_type, verdict.time_us);
  const bool flapping = alarm.flaps == 0 && flaps > 0;
  if (flapping) alarm.flaps = flaps;
  const std::string& severity =
      severity_of(options_, alarm.fault_type, alarm.element,
                  config::Microseconds(verdict.time_us - alarm.raised_us));
  const bool other_severity = severity != alarm.severity;
  if (!renamed && !flapping && !other_severity) return;
  alarm.severity = severity;
  events.push_back(event(AlarmEvent::Kind::changed, alarm, verdict.time_us, naming));
  if (renamed || other_severity) events.back().was = was;
  if (flapping) events.back().reason = AlarmEvent::kFlapping;
}

void AlarmTracker::clear(std::uint32_t element, std::int64_t time_us, const char* reason,
                         std::vector<AlarmEvent>& events) {
  State& s = states_[element];
  if (s.alarm) {
    events.push_back(event_of(AlarmEvent::Kind::cleared, *s.alarm, time_us));
    events.back().reason = reason;
    if (options_.flapping.count > 0)
      history_.add(element, s.alarm->fault_type, s.alarm->raised_us, options_.flapping.within);
  }
  s = State{};
}

AlarmEvent AlarmTracker::event(AlarmEvent::Kind kind, const ActiveAlarm& alarm,
                               std::int64_t time_us, const Naming& naming) {
  AlarmEvent e = event_of(kind, alarm, time_us);
  e.abnormal = naming.abnormal;
  e.of = naming.of;
  e.score = naming.score;
  return e;
}

void AlarmTracker::forget(std::uint32_t element, std::int64_t time_us,
                          std::vector<AlarmEvent>& events, const char* reason) {
  if (element >= states_.size()) return;
  clear(element, time_us, reason, events);
  history_.forget(element);
}

void AlarmTracker::adopt(const LoadedModel& model, std::int64_t time_us,
                         std::vector<AlarmEvent>& events) {
  for (std::uint32_t element = 0; element < states_.size(); ++element) {
    State& s = states_[element];
    s.recent = {};
    if (s.alarm && s.alarm->fault_type != kUnknown &&
        model.model.clusters.index(s.alarm->fault_type) < 0)
      clear(element, time_us, "model has no such type", events);
  }
}

void AlarmTracker::set_folded(std::uint32_t element, const AlarmEvent& event) {
  if (element >= states_.size() || !states_[element].alarm) return;
  ActiveAlarm& alarm = *states_[element].alarm;
  if (alarm.id != event.id) return;
  alarm.folded_into = event.folded_into;
  alarm.folded_as = event.folded_as;
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
