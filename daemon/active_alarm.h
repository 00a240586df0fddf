// An alarm that is up: what is kept of it, how it begins, what an event says of it, and its bytes
// in a snapshot.
#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"
#include "daemon/alarm_event.h"
#include "daemon/alarm_plans.h"
#include "ingest/state_io.h"

namespace faultprint::daemon {

struct ActiveAlarm {
  std::string id;
  std::string element;
  std::string element_group;  // as of AlarmEvent
  std::int64_t raised_us = 0;
  std::int64_t detected_us = 0;  // that, as of AlarmEvent
  std::string fault_type;
  std::string severity;
  std::string probable_cause;  // as of AlarmEvent; in no snapshot
  // As they were at the raise: the labels that Prometheus has for the alarm's life.
  std::string raised_type;
  std::string raised_severity;
  std::int64_t changed_us = 0;  // the raise, or the last change
  std::string evidence;         // of that, as JSON text
  AlarmLabels labels;           // of the inventory, as at the raise
  int flaps = 0;                // held up: raised so often of late; 0: it is not
  // While it is held up: it would have been cleared, and not raised again since.
  bool lull = false;
  std::int64_t abnormal_us = 0;  // its last verdict that was not normal
  // As of AlarmEvent.
  std::string folded_into;
  std::string folded_as;
  std::string group;   // as JSON text; "": it is no group's
  std::string reason;  // of one that no window speaks for
};

// As it is at its raise. Its identity is element and time.
ActiveAlarm new_alarm(const std::string& element, const std::string& fault_type,
                      std::int64_t time_us, const config::AlarmConfig& options,
                      const AlarmPlans& plans);

// What becomes of it; what windows or a group say of that is the caller's to add.
AlarmEvent event_of(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us);

// In a snapshot. No group's: those are made up again from what is folded into them.
void put_alarm(ingest::StateWriter& out, const ActiveAlarm& alarm);
ActiveAlarm get_alarm(ingest::StateReader& in);

}  // namespace faultprint::daemon
