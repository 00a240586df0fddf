// Elements that report no more, as alarms of their own, from when the stream has gone on for
// `stream.stale_after` without them until they report again. Withheld while planned work is on the
// element; held up as one where it comes over and over (alarms.flapping). A pure function of the
// store's silences and the plans.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/active_alarm.h"
#include "daemon/alarm_plans.h"
#include "daemon/raise_history.h"
#include "ingest/window_store.h"

namespace faultprint::daemon {

class SilenceAlarms {
 public:
  static constexpr const char* kType = "silent";  // the fault type of such an alarm

  SilenceAlarms(config::AlarmConfig options, AlarmPlans plans)
      : options_(std::move(options)), plans_(std::move(plans)) {}

  // What the store's batch says of silence, in its order.
  void follow(const ingest::WindowStore& store, std::vector<AlarmEvent>& events);
  // A reload: where alarms.silence is off from now on, those that are up are cleared at `time_us`;
  // where it is on from now on, what is silent already is raised.
  void adopt(const config::AlarmConfig& options, std::int64_t time_us, std::int64_t decided_us,
             std::vector<AlarmEvent>& events);
  void set_plans(AlarmPlans plans) { plans_ = std::move(plans); }
  void set_folded(std::uint32_t element, const AlarmEvent& event);

  void append_active(std::vector<ActiveAlarm>& alarms) const;
  const ActiveAlarm* active(std::uint32_t element) const;  // null: it has none

  void write(ingest::StateWriter& out) const;
  void read(ingest::StateReader& in);  // replaces everything

 private:
  struct Silent {
    ActiveAlarm alarm;
    std::int64_t since_us = 0;  // its last record
    bool up = false;            // no: withheld for now, or alarms.silence is off
    std::int64_t back_us = 0;   // held up, though it reports again since then; 0: it is silent
  };
  ActiveAlarm alarm_from(const std::string& name, std::int64_t time_us) const;
  std::string reason_of(std::int64_t since_us, bool held_up) const;
  void take(const ingest::WindowStore& store, const ingest::Silence& silence,
            std::vector<AlarmEvent>& events);
  void begin(std::uint32_t element, const std::string& name, const ingest::Silence& silence,
             std::vector<AlarmEvent>& events);
  // Raises what nothing withholds any longer, clears what was held up for long enough, and
  // lets age tell on the rest.
  void advance(std::int64_t time_us, std::vector<AlarmEvent>& events);
  void age(ActiveAlarm& alarm, std::int64_t time_us, std::vector<AlarmEvent>& events) const;
  void end(std::uint32_t element, std::int64_t time_us, std::vector<AlarmEvent>& events);
  void clear(std::uint32_t element, std::int64_t time_us, const char* reason,
             std::vector<AlarmEvent>& events);
  // The time from which on no work covers the alarm's element; the first work there is, too.
  std::int64_t free_from(const ActiveAlarm& alarm, const Maintenance::Work*& work) const;
  bool raise_if_free(std::uint32_t element, Silent& silent, std::int64_t time_us,
                     std::vector<AlarmEvent>& events) const;

  config::AlarmConfig options_;
  AlarmPlans plans_;
  std::map<std::uint32_t, Silent> silent_;  // by the store's element number
  RaiseHistory history_;
  std::int64_t decided_us_ = 0;  // when what is told at the moment was detected
};

// An event of an alarm that no window speaks for.
AlarmEvent windowless_event(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us);

}  // namespace faultprint::daemon
