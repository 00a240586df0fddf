#include "daemon/incident_score.h"

#include <algorithm>

#include "model/evaluation.h"

namespace faultprint::daemon {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kExcusedUntil = 180 * kSecond;

}  // namespace

void IncidentScorer::watched(const std::string& element, std::int64_t slot) {
  const std::int64_t time = slot * period_us_;
  if (incidents_.label(element, time) != ingest::kIgnore) ++slots_;
  if (const auto* row = incidents_.at(element, time);
      row != nullptr && row->fault_type != ingest::kNormal && row->fault_type != ingest::kIgnore)
    seen_.insert(row);
}

// Inside or shortly after a fault of its element, or where nothing is known.
bool IncidentScorer::excused(const AlarmEvent& raised) const {
  for (const auto* incident : incidents_.faults())
    if (raised.time_us >= incident->earliest_us() &&
        raised.time_us <= incident->latest_us() + kExcusedUntil &&
        ingest::element_matches(incident->element, raised.element))
      return true;
  return incidents_.label(raised.element, raised.time_us - period_us_) == ingest::kIgnore;
}

IncidentScore IncidentScorer::score(const std::vector<AlarmEvent>& events) const {
  IncidentScore result;
  result.element_days =
      static_cast<double>(slots_) * static_cast<double>(period_us_) / (86400.0 * kSecond);
  std::vector<double> delays;
  for (const auto* incident : incidents_.faults()) {
    if (seen_.count(incident) == 0) continue;
    IncidentOutcome outcome{*incident, std::nullopt, ""};
    for (const AlarmEvent& e : events) {
      if (e.kind != AlarmEvent::Kind::raised || e.time_us < incident->earliest_us() ||
          e.time_us > incident->latest_us() + kNamedUntilUs ||
          !ingest::element_matches(incident->element, e.element))
        continue;
      if (outcome.first_named.empty()) outcome.first_named = e.fault_type;
      const double delay =
          std::max(0.0, static_cast<double>(e.time_us - incident->start_us) / kSecond);
      if (e.fault_type == incident->fault_type && (!outcome.delay_s || delay < *outcome.delay_s))
        outcome.delay_s = delay;
    }
    if (outcome.delay_s) delays.push_back(*outcome.delay_s);
    result.incidents.push_back(outcome);
  }
  result.named = delays.size();
  if (!delays.empty()) result.median_delay_s = model::median(delays);
  for (const AlarmEvent& e : events)
    if (e.kind == AlarmEvent::Kind::raised && !excused(e)) result.false_alarms.push_back(e);
  return result;
}

}  // namespace faultprint::daemon
