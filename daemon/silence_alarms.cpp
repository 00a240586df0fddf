#include "daemon/silence_alarms.h"

#include <algorithm>

#include "daemon/severity_rules.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {

void SilenceAlarms::follow(const ingest::WindowStore& store, std::vector<AlarmEvent>& events) {
  for (const ingest::Silence& silence : store.batch().silences) {
    const std::size_t before = events.size();
    decided_us_ = silence.decided_us;
    take(store, silence, events);
    for (std::size_t i = before; i < events.size(); ++i) events[i].detected_us = decided_us_;
  }
}

void SilenceAlarms::take(const ingest::WindowStore& store, const ingest::Silence& silence,
                         std::vector<AlarmEvent>& events) {
  switch (silence.kind) {
    case ingest::Silence::Kind::begins:
      begin(silence.element, store.element_name(silence.element), silence, events);
      break;
    case ingest::Silence::Kind::goes_on:
      advance(silence.time_us, events);
      break;
    case ingest::Silence::Kind::ends:
      end(silence.element, silence.time_us, events);
      break;
    case ingest::Silence::Kind::departs:
      clear(silence.element, silence.time_us, "element forgotten", events);
      history_.forget(silence.element);
      break;
  }
}

void SilenceAlarms::begin(std::uint32_t element, const std::string& name,
                          const ingest::Silence& silence, std::vector<AlarmEvent>& events) {
  const auto held = silent_.find(element);
  if (held != silent_.end() && held->second.back_us > 0) {  // the same alarm
    held->second.back_us = 0;
    held->second.since_us = silence.since_us;
    held->second.alarm.reason = reason_of(silence.since_us, true);
    return;
  }
  Silent& silent = silent_[element] = {};
  silent.alarm = alarm_from(name, silence.time_us);
  silent.since_us = silence.since_us;
  if (raise_if_free(element, silent, silence.time_us, events) || !options_.silence.elements) return;
  const Maintenance::Work* work = nullptr;
  free_from(silent.alarm, work);
  events.push_back(windowless_event(AlarmEvent::Kind::withheld, silent.alarm, silence.time_us));
  events.back().reason = work->reason;
}

ActiveAlarm SilenceAlarms::alarm_from(const std::string& name, std::int64_t time_us) const {
  ActiveAlarm alarm = new_alarm(name, kType, time_us, options_, plans_);
  alarm.id += std::string("/") + kType;
  alarm.detected_us = decided_us_;
  return alarm;
}

std::string SilenceAlarms::reason_of(std::int64_t since_us, bool held_up) const {
  return "no record since " + ingest::format_rfc3339(since_us) +
         (held_up ? "; clears once it has reported for " +
                        config::format_duration(options_.flapping.hold)
                  : "; clears with the next");
}

std::int64_t SilenceAlarms::free_from(const ActiveAlarm& alarm,
                                      const Maintenance::Work*& first) const {
  std::int64_t time_us = alarm.raised_us;
  if (!plans_.maintenance) return time_us;
  while (const Maintenance::Work* const work = plans_.maintenance->at(alarm.element, time_us)) {
    if (first == nullptr) first = work;
    time_us = work->end_us;
  }
  return time_us;
}

bool SilenceAlarms::raise_if_free(std::uint32_t element, Silent& silent, std::int64_t time_us,
                                  std::vector<AlarmEvent>& events) const {
  if (!options_.silence.elements) return false;
  const Maintenance::Work* work = nullptr;
  const std::int64_t free_us = free_from(silent.alarm, work);
  if (free_us > time_us) return false;
  silent.up = true;
  silent.alarm = alarm_from(silent.alarm.element, free_us);
  const int flaps = history_.flaps(options_.flapping, element, kType, free_us);
  silent.alarm.reason = reason_of(silent.since_us, flaps > 0);
  events.push_back(windowless_event(AlarmEvent::Kind::raised, silent.alarm, free_us));
  if (flaps == 0) return true;
  silent.alarm.flaps = flaps;
  events.push_back(windowless_event(AlarmEvent::Kind::changed, silent.alarm, free_us));
  events.back().reason = AlarmEvent::kFlapping;
  return true;
}

void SilenceAlarms::advance(std::int64_t time_us, std::vector<AlarmEvent>& events) {
  for (auto next = silent_.begin(); next != silent_.end();) {
    const std::uint32_t element = next->first;
    Silent& silent = next->second;
    ++next;
    if (!silent.up && !raise_if_free(element, silent, time_us, events)) continue;
    const std::int64_t quiet_us =
        options_.flapping.count > 0 ? silent.back_us + options_.flapping.hold.count() : time_us;
    if (silent.back_us == 0)
      age(silent.alarm, time_us, events);
    else if (time_us >= quiet_us)
      clear(element, quiet_us, "quiet", events);
  }
}

void SilenceAlarms::age(ActiveAlarm& alarm, std::int64_t time_us,
                        std::vector<AlarmEvent>& events) const {
  const std::string severity =
      severity_of(options_, kType, alarm.element,
                  config::Microseconds(std::max<std::int64_t>(time_us - alarm.raised_us, 0)));
  if (severity == alarm.severity) return;
  const AlarmEvent::Was was{alarm.fault_type, alarm.severity};
  alarm.severity = severity;
  alarm.changed_us = time_us;
  events.push_back(windowless_event(AlarmEvent::Kind::changed, alarm, time_us));
  events.back().was = was;
}

// One that comes over and over is held up until the element has reported for as long as that takes.
void SilenceAlarms::end(std::uint32_t element, std::int64_t time_us,
                        std::vector<AlarmEvent>& events) {
  const auto found = silent_.find(element);
  if (found == silent_.end()) return;
  if (found->second.up && found->second.alarm.flaps > 0)
    found->second.back_us = time_us;
  else
    clear(element, time_us, "it reports again", events);
}

void SilenceAlarms::clear(std::uint32_t element, std::int64_t time_us, const char* reason,
                          std::vector<AlarmEvent>& events) {
  const auto found = silent_.find(element);
  if (found == silent_.end()) return;
  const ActiveAlarm& alarm = found->second.alarm;
  if (found->second.up) {
    events.push_back(
        windowless_event(AlarmEvent::Kind::cleared, alarm, std::max(time_us, alarm.changed_us)));
    events.back().reason = reason;
    if (options_.flapping.count > 0)
      history_.add(element, kType, alarm.raised_us, options_.flapping.within);
  }
  silent_.erase(found);
}

void SilenceAlarms::adopt(const config::AlarmConfig& options, std::int64_t time_us,
                          std::int64_t decided_us, std::vector<AlarmEvent>& events) {
  decided_us_ = decided_us;
  const bool was_on = options_.silence.elements;
  options_ = options;
  if (was_on == options_.silence.elements) return;
  for (auto next = silent_.begin(); next != silent_.end();) {
    const std::uint32_t element = next->first;
    Silent& silent = next->second;
    ++next;
    const Silent before = silent;
    if (silent.up) clear(element, time_us, "silence is no alarm", events);
    if (before.back_us > 0) continue;  // not silent
    Silent& again = silent_[element] = before;
    again.up = false;
    // A reload's time may lie before the raise: another alarm is another identity all the same.
    const std::int64_t earliest_us = before.alarm.raised_us + (before.up ? 1 : 0);
    again.alarm = alarm_from(before.alarm.element, std::max(time_us, earliest_us));
  }
  if (options_.silence.elements) advance(time_us, events);
}

void SilenceAlarms::set_folded(std::uint32_t element, const AlarmEvent& event) {
  const auto found = silent_.find(element);
  if (found == silent_.end() || found->second.alarm.id != event.id) return;
  found->second.alarm.folded_into = event.folded_into;
  found->second.alarm.folded_as = event.folded_as;
}

void SilenceAlarms::append_active(std::vector<ActiveAlarm>& alarms) const {
  for (const auto& [element, silent] : silent_)
    if (silent.up) alarms.push_back(silent.alarm);
}

const ActiveAlarm* SilenceAlarms::active(std::uint32_t element) const {
  const auto found = silent_.find(element);
  return found == silent_.end() || !found->second.up ? nullptr : &found->second.alarm;
}

void SilenceAlarms::write(ingest::StateWriter& out) const {
  out.put(static_cast<std::uint8_t>(options_.silence.elements));
  out.put(static_cast<std::uint32_t>(silent_.size()));
  for (const auto& [element, silent] : silent_) {
    out.put(element);
    out.put(silent.since_us);
    out.put(static_cast<std::uint8_t>(silent.up));
    out.put(silent.back_us);
    put_alarm(out, silent.alarm);
  }
  history_.write(out);
}

void SilenceAlarms::read(ingest::StateReader& in) {
  options_.silence.elements = in.get<std::uint8_t>() != 0;  // until adopt() is told what it is now
  silent_.clear();
  for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
    Silent& silent = silent_[in.get<std::uint32_t>()];
    silent.since_us = in.get<std::int64_t>();
    silent.up = in.get<std::uint8_t>() != 0;
    silent.back_us = in.get<std::int64_t>();
    silent.alarm = get_alarm(in);
    silent.alarm.probable_cause = options_.probable_cause_of(kType);
  }
  history_.read(in);
}

AlarmEvent windowless_event(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us) {
  AlarmEvent event = event_of(kind, alarm, time_us);
  event.of_window = false;
  return event;
}

}  // namespace faultprint::daemon
