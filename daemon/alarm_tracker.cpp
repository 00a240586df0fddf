#include "daemon/alarm_tracker.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint32_t kMostRestored = 1U << 24;  // elements

}  // namespace

const char* name(AlarmEvent::Kind kind) {
  switch (kind) {
    case AlarmEvent::Kind::raised:
      return "raised";
    case AlarmEvent::Kind::changed:
      return "changed";
    case AlarmEvent::Kind::cleared:
      return "cleared";
  }
  return "";
}

std::string to_json_line(const AlarmEvent& event) {
  Json kpis = Json::array();
  for (const KpiEvidence& kpi : event.kpis)
    kpis.push_back({{"kpi", kpi.name}, {"deviation", rounded(kpi.deviation)}});
  Json line;
  line["id"] = event.id;
  line["element"] = event.element;
  line["event"] = name(event.kind);
  line["time"] = ingest::format_rfc3339(event.time_us);
  line["fault_type"] = event.fault_type;
  line["severity"] = event.severity;
  line["evidence"] = {{"abnormal", event.abnormal},
                      {"of", event.of},
                      {"score", rounded(event.score)},
                      {"kpis", kpis}};
  if (!event.reason.empty()) line["reason"] = event.reason;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

AlarmTracker::State& AlarmTracker::state(std::uint32_t element) {
  if (element >= states_.size()) states_.resize(element + 1);
  return states_[element];
}

void AlarmTracker::add(const Verdict& verdict, const std::string& element, const float* distances,
                       std::span<const float> window, const LoadedModel& model,
                       std::vector<AlarmEvent>& events) {
  State& s = state(verdict.element);
  if (verdict.fresh) forget(verdict.element, verdict.time_us, events);
  if (verdict.outcome == Outcome::not_scored) return;
  const bool abnormal = verdict.outcome != Outcome::normal;
  if (!abnormal && s.recent.empty() && !s.alarm) return;
  remember(s, verdict, distances, model);
  s.normal_run = abnormal ? 0 : s.normal_run + 1;
  const std::size_t before = events.size();
  if (s.alarm) {
    follow(s, verdict, naming(s, options_.raise_of, model), events);
  } else if (const auto named = abnormal ? due(s, model) : std::nullopt) {
    raise(s, verdict, element, *named, events);
  }
  for (std::size_t i = before; i < events.size(); ++i)
    events[i].kpis = strongest_kpis(window, model.input);
  if (!s.alarm && std::none_of(s.recent.begin(), s.recent.end(),
                               [](const Recent& recent) { return recent.abnormal; }))
    s.recent = {};
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
  const auto most = static_cast<std::size_t>(std::max(options_.raise_of, options_.raise_unknown_of));
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
  const std::string severity = options_.severity_of(naming.fault_type);
  s.alarm = std::make_unique<ActiveAlarm>(ActiveAlarm{identity(element, verdict.time_us), element,
                                                      verdict.time_us, naming.fault_type, severity,
                                                      naming.fault_type, severity});
  s.normal_run = 0;
  s.renamed_run = 0;
  events.push_back(event(AlarmEvent::Kind::raised, *s.alarm, verdict.time_us, naming));
}

// An alarm that is up: cleared by k normal verdicts in a row, renamed by evidence that would raise
// another one now and has held for as long as a raise looks back.
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
  if (s.renamed_run < (was_unknown ? 1 : options_.raise_of)) return;
  s.renamed_run = 0;
  s.alarm->fault_type = naming.fault_type;
  s.alarm->severity = options_.severity_of(naming.fault_type);
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
  e.abnormal = naming.abnormal;
  e.of = naming.of;
  e.score = naming.score;
  return e;
}

void AlarmTracker::forget(std::uint32_t element, std::int64_t time_us,
                          std::vector<AlarmEvent>& events) {
  if (element < states_.size()) clear(states_[element], time_us, "element forgotten", events);
}

void AlarmTracker::adopt(const config::AlarmConfig& options, const LoadedModel& model,
                         std::int64_t time_us, std::vector<AlarmEvent>& events) {
  options_ = options;
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

void AlarmTracker::write(ingest::StateWriter& out) const {
  out.put(static_cast<std::uint32_t>(states_.size()));
  for (const State& s : states_) {
    const bool empty = s.recent.empty() && !s.alarm;
    out.put(static_cast<std::uint8_t>(empty ? 0 : s.alarm ? 2 : 1));
    if (empty) continue;
    out.put(s.normal_run);
    out.put(s.renamed_run);
    out.put(static_cast<std::uint32_t>(s.recent.size()));
    for (const Recent& recent : s.recent) {
      out.put(static_cast<std::uint8_t>((recent.abnormal ? 1 : 0) | (recent.unknown ? 2 : 0)));
      out.put(static_cast<std::uint32_t>(recent.evidence.size()));
      out.put_all(std::span<const float>(recent.evidence));
    }
    if (!s.alarm) continue;
    out.put(std::string_view(s.alarm->id));
    out.put(std::string_view(s.alarm->element));
    out.put(s.alarm->raised_us);
    out.put(std::string_view(s.alarm->fault_type));
    out.put(std::string_view(s.alarm->severity));
    out.put(std::string_view(s.alarm->raised_type));
    out.put(std::string_view(s.alarm->raised_severity));
  }
}

void AlarmTracker::read(ingest::StateReader& in) {
  const auto count = in.get<std::uint32_t>();
  if (count > kMostRestored) throw ingest::StateError("too many elements");
  states_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    State& s = states_.emplace_back();
    const auto kind = in.get<std::uint8_t>();
    if (kind == 0) continue;
    s.normal_run = in.get<std::int32_t>();
    s.renamed_run = in.get<std::int32_t>();
    for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
      Recent& recent = s.recent.emplace_back();
      const auto flags = in.get<std::uint8_t>();
      recent.abnormal = (flags & 1) != 0;
      recent.unknown = (flags & 2) != 0;
      const auto size = in.get<std::uint32_t>();
      if (size > kMostRestored) throw ingest::StateError("too many clusters");
      recent.evidence.resize(size);
      in.get_all(std::span<float>(recent.evidence));
    }
    if (kind != 2) continue;
    s.alarm = std::make_unique<ActiveAlarm>();
    s.alarm->id = in.get_text();
    s.alarm->element = in.get_text();
    s.alarm->raised_us = in.get<std::int64_t>();
    s.alarm->fault_type = in.get_text();
    s.alarm->severity = in.get_text();
    s.alarm->raised_type = in.get_text();
    s.alarm->raised_severity = in.get_text();
  }
}

}  // namespace faultprint::daemon
