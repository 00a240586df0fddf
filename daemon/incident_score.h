// Alarms against incidents. An incident is named when an alarm of its type is raised on its element
// from its start to its end + 60 s; the delay is raise time less start. An alarm raised outside
// [start, end + 180 s] of every incident of its element is false. Where a ticket's times are
// uncertain, its earliest start and latest end count; an alarm before the written start has a delay
// of 0.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/input_spec.h"
#include "daemon/alarm_tracker.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {

constexpr std::int64_t kNamedUntilUs = 60'000'000;  // after the end

struct IncidentOutcome {
  ingest::Incident incident;
  std::optional<double> delay_s;  // of the first alarm that names it
  std::string first_named;        // type of the first alarm inside it; "" without one
};

struct IncidentScore {
  std::vector<IncidentOutcome> incidents;  // those during which some element of theirs reported
  std::size_t named = 0;
  std::optional<double> median_delay_s;  // over those named
  std::vector<AlarmEvent> false_alarms;
  double element_days = 0;
  double false_per_element_day() const {
    return element_days > 0 ? static_cast<double>(false_alarms.size()) / element_days : 0;
  }
};

class IncidentScorer {
 public:
  IncidentScorer(const ingest::Incidents& incidents, config::Microseconds period)
      : incidents_(incidents), period_us_(period.count()) {}

  // A completed slot of the element: it was watched then.
  void watched(const std::string& element, std::int64_t slot);
  IncidentScore score(const std::vector<AlarmEvent>& events) const;

 private:
  bool excused(const AlarmEvent& raised) const;

  const ingest::Incidents& incidents_;
  std::int64_t period_us_;
  std::set<const ingest::Incident*> seen_;
  std::size_t slots_ = 0;
};

}  // namespace faultprint::daemon
