#include "daemon/silence_alarms.h"

#include <algorithm>

#include "daemon/severity_rules.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {

void SilenceAlarms::follow(const ingest::WindowStore& store, std::vector<AlarmEvent>& events) {
  if (!options_.silence.elements) return;
  for (const ingest::Silence& silence : store.batch().silences) {
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
    }
  }
}

void SilenceAlarms::begin(std::uint32_t element, const std::string& name,
                          const ingest::Silence& silence, std::vector<AlarmEvent>& events) {
  const auto held = silent_.find(element);
  if (held != silent_.end() && held->second.back_us > 0) {  // the same alarm
    held->second.back_us = 0;
    return;
  }
  Silent& silent = silent_[element] = {};
  silent.alarm.element = name;
  silent.alarm.raised_us = silence.time_us;
  silent.alarm.fault_type = silent.alarm.raised_type = kType;
  silent.alarm.reason = "no record since " + ingest::format_rfc3339(silence.since_us);
  if (plans_.inventory) silent.alarm.labels = plans_.inventory->labels(name);
  if (raise_if_free(element, silent, silence.time_us, events)) return;
  const Maintenance::Work* work = nullptr;
  free_from(silent.alarm, work);
  ActiveAlarm withheld = silent.alarm;
  withheld.id = identity(name, silence.time_us) + "/" + kType;
  withheld.severity = severity_of(options_, kType, name, config::Microseconds(0));
  events.push_back(windowless_event(AlarmEvent::Kind::withheld, withheld, silence.time_us));
  events.back().reason = work->reason;
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
  const Maintenance::Work* work = nullptr;
  ActiveAlarm& alarm = silent.alarm;
  const std::int64_t free_us = free_from(alarm, work);
  if (free_us > time_us) return false;
  silent.up = true;
  alarm.raised_us = alarm.changed_us = free_us;
  alarm.id = identity(alarm.element, free_us) + "/" + kType;
  alarm.severity = alarm.raised_severity =
      severity_of(options_, kType, alarm.element, config::Microseconds(0));
  const config::FlappingRule& rule = options_.flapping;
  const int raises = 1 + history_.count(element, kType, free_us, rule.within);
  const bool flapping = rule.count > 0 && raises >= rule.count;
  alarm.reason += flapping
                      ? "; clears once it has reported for " + config::format_duration(rule.hold)
                      : "; clears with the next";
  events.push_back(windowless_event(AlarmEvent::Kind::raised, alarm, free_us));
  if (!flapping) return true;
  alarm.flaps = raises;
  events.push_back(windowless_event(AlarmEvent::Kind::changed, alarm, free_us));
  events.back().reason = AlarmEvent::kFlapping;
  return true;
}

void SilenceAlarms::advance(std::int64_t time_us, std::vector<AlarmEvent>& events) {
  for (auto next = silent_.begin(); next != silent_.end();) {
    const std::uint32_t element = next->first;
    Silent& silent = next->second;
    ++next;
    if (!silent.up && !raise_if_free(element, silent, time_us, events)) continue;
    const std::int64_t quiet_us = silent.back_us + options_.flapping.hold.count();
    if (silent.back_us > 0 && time_us >= quiet_us)
      clear(element, quiet_us, "quiet", events);
    else
      age(silent.alarm, time_us, events);
  }
}

void SilenceAlarms::age(ActiveAlarm& alarm, std::int64_t time_us,
                        std::vector<AlarmEvent>& events) const {
  const std::string severity =
      severity_of(options_, kType, alarm.element,
                  config::Microseconds(std::max<std::int64_t>(time_us - alarm.raised_us, 0)));
  if (severity == alarm.severity) return;
  alarm.severity = severity;
  alarm.changed_us = time_us;
  events.push_back(windowless_event(AlarmEvent::Kind::changed, alarm, time_us));
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

void SilenceAlarms::forget(std::uint32_t element, std::int64_t time_us,
                           std::vector<AlarmEvent>& events) {
  clear(element, time_us, "element forgotten", events);
  history_.forget(element);
}

void SilenceAlarms::adopt(const config::AlarmConfig& options, std::int64_t time_us,
                          std::vector<AlarmEvent>& events) {
  options_ = options;
  if (options_.silence.elements) return;
  while (!silent_.empty()) clear(silent_.begin()->first, time_us, "silence is no alarm", events);
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
  out.put(static_cast<std::uint32_t>(silent_.size()));
  for (const auto& [element, silent] : silent_) {
    const ActiveAlarm& alarm = silent.alarm;
    out.put(element);
    out.put(static_cast<std::uint8_t>(silent.up));
    out.put(silent.back_us);
    out.put(static_cast<std::int32_t>(alarm.flaps));
    out.put(std::string_view(alarm.id));
    out.put(std::string_view(alarm.element));
    out.put(alarm.raised_us);
    out.put(alarm.changed_us);
    out.put(std::string_view(alarm.severity));
    out.put(std::string_view(alarm.raised_severity));
    out.put(std::string_view(alarm.reason));
    out.put(std::string_view(alarm.folded_into));
    out.put(std::string_view(alarm.folded_as));
    put_labels(out, alarm.labels);
  }
  history_.write(out);
}

void SilenceAlarms::read(ingest::StateReader& in) {
  silent_.clear();
  for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
    Silent& silent = silent_[in.get<std::uint32_t>()];
    ActiveAlarm& alarm = silent.alarm;
    silent.up = in.get<std::uint8_t>() != 0;
    silent.back_us = in.get<std::int64_t>();
    alarm.flaps = in.get<std::int32_t>();
    alarm.id = in.get_text();
    alarm.element = in.get_text();
    alarm.raised_us = in.get<std::int64_t>();
    alarm.changed_us = in.get<std::int64_t>();
    alarm.fault_type = alarm.raised_type = kType;
    alarm.severity = in.get_text();
    alarm.raised_severity = in.get_text();
    alarm.reason = in.get_text();
    alarm.folded_into = in.get_text();
    alarm.folded_as = in.get_text();
    alarm.labels = get_labels(in);
  }
  history_.read(in);
}

AlarmEvent windowless_event(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us) {
  AlarmEvent event;
  event.kind = kind;
  event.of_window = false;
  event.id = alarm.id;
  event.element = alarm.element;
  event.time_us = time_us;
  event.fault_type = alarm.fault_type;
  event.severity = alarm.severity;
  event.labels = alarm.labels;
  event.flaps = alarm.flaps;
  event.reason = alarm.reason;
  return event;
}

}  // namespace faultprint::daemon
