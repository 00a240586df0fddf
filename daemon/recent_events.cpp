#include "daemon/recent_events.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/durable_file.h"
#include "daemon/topic_silence.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kTail = 16 << 20;  // bytes

// "" where there is none.
std::string text(const nlohmann::json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : "";
}

// 0: it is no group's.
std::int64_t alarms_of_group(const nlohmann::json& line) {
  const auto group = line.find("group");
  if (group == line.end() || !group->is_object()) return 0;
  const auto alarms = group->find("alarms");
  return alarms != group->end() && alarms->is_number_integer() ? alarms->get<std::int64_t>() : 0;
}

ActiveAlarm alarm_of_line(const nlohmann::json& raised) {
  ActiveAlarm alarm;
  alarm.id = text(raised, "id");
  alarm.element = text(raised, "element");
  alarm.fault_type = alarm.raised_type = text(raised, "fault_type");
  alarm.severity = alarm.raised_severity = text(raised, "severity");
  alarm.probable_cause = text(raised, "probable_cause");
  alarm.reason = text(raised, "reason");
  alarm.raised_us = alarm.changed_us = ingest::parse_rfc3339(text(raised, "time")).value_or(0);
  alarm.detected_us = ingest::parse_rfc3339(text(raised, "detected")).value_or(0);
  return alarm;
}

std::string counted(std::int64_t alarms) { return " of " + std::to_string(alarms); }

}  // namespace

bool RecentEvents::add(const std::string& id, const std::string& kind, const std::string& time) {
  std::string key = kind + " " + time + " " + id;
  if (older_.contains(key) || !newer_.insert(std::move(key)).second) return false;
  if (newer_.size() >= kLimit) {
    older_ = std::move(newer_);
    newer_ = {};
  }
  return true;
}

bool RecentEvents::add(const AlarmEvent& event) {
  const bool counts = event.group && event.kind == AlarmEvent::Kind::changed;
  return add(event.id + (counts ? counted(event.group->alarms) : ""), name(event.kind),
             ingest::format_rfc3339(event.time_us));
}

void RecentEvents::load(const std::string& path) {
  if (path.empty() || path == "-") return;
  const std::optional<std::string> tail = read_file(path, kTail);
  if (!tail) return;
  std::istringstream lines(*tail);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    const std::string id = text(event, "id");
    if (id.empty()) continue;
    const std::string kind = text(event, "event");
    if (is_silent_topic(text(event, "element"))) {
      if (kind == "raised")
        silent_topics_[id] = alarm_of_line(event);
      else if (kind == "cleared")
        silent_topics_.erase(id);
    }
    const std::int64_t alarms = kind == "changed" ? alarms_of_group(event) : 0;
    add(id + (alarms > 0 ? counted(alarms) : ""), kind, text(event, "time"));
  }
}

}  // namespace faultprint::daemon
