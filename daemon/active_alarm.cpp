#include "daemon/active_alarm.h"

#include "daemon/severity_rules.h"
#include "daemon/verdict.h"

namespace faultprint::daemon {
namespace {

void put_labels(ingest::StateWriter& out, const AlarmLabels& labels) {
  out.put(static_cast<std::uint32_t>(labels.size()));
  for (const auto& [name, value] : labels) {
    out.put(std::string_view(name));
    out.put(std::string_view(value));
  }
}

AlarmLabels get_labels(ingest::StateReader& in) {
  AlarmLabels labels;
  for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
    std::string name(in.get_text());
    labels.emplace_back(std::move(name), in.get_text());
  }
  return labels;
}

}  // namespace

ActiveAlarm new_alarm(const std::string& element, const std::string& fault_type,
                      std::int64_t time_us, const config::AlarmConfig& options,
                      const AlarmPlans& plans) {
  ActiveAlarm alarm;
  alarm.id = identity(element, time_us);
  alarm.element = element;
  alarm.raised_us = alarm.changed_us = alarm.abnormal_us = time_us;
  alarm.fault_type = alarm.raised_type = fault_type;
  alarm.severity = alarm.raised_severity =
      severity_of(options, fault_type, element, config::Microseconds(0));
  alarm.probable_cause = options.probable_cause_of(fault_type);
  if (plans.inventory) alarm.labels = plans.inventory->labels(element);
  return alarm;
}

AlarmEvent event_of(AlarmEvent::Kind kind, const ActiveAlarm& alarm, std::int64_t time_us) {
  AlarmEvent event;
  event.kind = kind;
  event.id = alarm.id;
  event.element = alarm.element;
  event.element_group = alarm.element_group;
  event.time_us = time_us;
  event.fault_type = alarm.fault_type;
  event.severity = alarm.severity;
  event.probable_cause = alarm.probable_cause;
  event.labels = alarm.labels;
  event.flaps = alarm.flaps;
  event.reason = alarm.reason;
  return event;
}

// In the order of version 4, and behind it what came with versions 5 and 6.
void put_alarm(ingest::StateWriter& out, const ActiveAlarm& alarm) {
  out.put(std::string_view(alarm.id));
  out.put(std::string_view(alarm.element));
  out.put(alarm.raised_us);
  out.put(std::string_view(alarm.fault_type));
  out.put(std::string_view(alarm.severity));
  out.put(std::string_view(alarm.raised_type));
  out.put(std::string_view(alarm.raised_severity));
  out.put(alarm.changed_us);
  out.put(std::string_view(alarm.evidence));
  put_labels(out, alarm.labels);
  out.put(static_cast<std::int32_t>(alarm.flaps));
  out.put(static_cast<std::uint8_t>(alarm.lull));
  out.put(alarm.abnormal_us);
  out.put(std::string_view(alarm.folded_into));
  out.put(std::string_view(alarm.folded_as));
  out.put(std::string_view(alarm.reason));
  out.put(alarm.detected_us);
}

ActiveAlarm get_alarm(ingest::StateReader& in) {
  ActiveAlarm alarm;
  alarm.id = in.get_text();
  alarm.element = in.get_text();
  alarm.raised_us = in.get<std::int64_t>();
  alarm.fault_type = in.get_text();
  alarm.severity = in.get_text();
  alarm.raised_type = in.get_text();
  alarm.raised_severity = in.get_text();
  alarm.changed_us = in.get<std::int64_t>();
  alarm.evidence = in.get_text();
  alarm.labels = get_labels(in);
  if (in.version() < 5) return alarm;
  alarm.flaps = in.get<std::int32_t>();
  alarm.lull = in.get<std::uint8_t>() != 0;
  alarm.abnormal_us = in.get<std::int64_t>();
  alarm.folded_into = in.get_text();
  alarm.folded_as = in.get_text();
  alarm.reason = in.get_text();
  if (in.version() >= 6) alarm.detected_us = in.get<std::int64_t>();
  return alarm;
}

}  // namespace faultprint::daemon
