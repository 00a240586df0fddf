#include "daemon/alarm_board.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "ingest/timestamp.h"

namespace faultprint::daemon {

using BoardJson = nlohmann::ordered_json;

void AlarmBoard::put(const ActiveAlarm& alarm) {
  const std::lock_guard lock(mutex_);
  alarms_[alarm.id] = alarm;
}

void AlarmBoard::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  alarms_.erase(id);
}

std::optional<ActiveAlarm> AlarmBoard::apply(const AlarmEvent& event) {
  const std::lock_guard lock(mutex_);
  switch (event.kind) {
    case AlarmEvent::Kind::raised:
      return alarms_[event.id] = alarm_of(event);
    case AlarmEvent::Kind::changed: {
      const auto found = alarms_.find(event.id);
      if (found == alarms_.end()) return std::nullopt;
      found->second.fault_type = event.fault_type;
      found->second.severity = event.severity;
      found->second.probable_cause = event.probable_cause;
      found->second.flaps = event.flaps;
      if (event.group) found->second.group = group_json(*event.group).dump();
      found->second.changed_us = event.time_us;
      found->second.evidence = evidence_json(event);
      return found->second;
    }
    case AlarmEvent::Kind::cleared:
      alarms_.erase(event.id);
      return std::nullopt;
    case AlarmEvent::Kind::withheld:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ActiveAlarm> AlarmBoard::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(id);
  return found == alarms_.end() ? std::nullopt : std::optional(found->second);
}

AlarmFolds& AlarmBoard::folds(const std::string& group) {
  const std::lock_guard lock(mutex_);
  return folds_.try_emplace(group, group).first->second;
}

std::size_t AlarmBoard::size() const {
  const std::lock_guard lock(mutex_);
  return alarms_.size();
}

std::string AlarmBoard::to_json(std::size_t limit, const std::string& element) const {
  std::vector<ActiveAlarm> shown;
  std::size_t total = 0;
  {
    const std::lock_guard lock(mutex_);
    std::vector<const ActiveAlarm*> all;
    for (const auto& [id, alarm] : alarms_)
      if (element.empty() || alarm.element == element) all.push_back(&alarm);
    total = all.size();
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, total));
    std::partial_sort(all.begin(), middle, all.end(), [](const auto* a, const auto* b) {
      return std::tie(b->raised_us, a->id) < std::tie(a->raised_us, b->id);
    });
    for (auto it = all.begin(); it != middle; ++it) shown.push_back(**it);
  }
  std::string text = "{\"total\":" + std::to_string(total) + ",\"alarms\":[";
  for (const ActiveAlarm& alarm : shown)
    text += (&alarm == shown.data() ? "" : ",") + daemon::to_json(alarm);
  return text + "]}";
}

ActiveAlarm alarm_of(const AlarmEvent& raised) {
  ActiveAlarm alarm;
  alarm.id = raised.id;
  alarm.element = raised.element;
  alarm.element_group = raised.element_group;
  alarm.raised_us = alarm.changed_us = raised.time_us;
  alarm.detected_us = raised.detected_us;
  alarm.fault_type = alarm.raised_type = raised.fault_type;
  alarm.severity = alarm.raised_severity = raised.severity;
  alarm.probable_cause = raised.probable_cause;
  alarm.evidence = evidence_json(raised);
  alarm.labels = raised.labels;
  alarm.folded_into = raised.folded_into;
  alarm.folded_as = raised.folded_as;
  if (!raised.of_window) alarm.reason = raised.reason;
  if (raised.group) alarm.group = group_json(*raised.group).dump();
  return alarm;
}

std::string to_json(const ActiveAlarm& alarm) {
  BoardJson json;
  json["id"] = alarm.id;
  json["element"] = alarm.element;
  if (!alarm.element_group.empty()) json["element_group"] = alarm.element_group;
  json["raised"] = ingest::format_rfc3339(alarm.raised_us);
  json["detected"] = detected_json(alarm.detected_us);
  json["changed"] = ingest::format_rfc3339(alarm.changed_us);
  json["fault_type"] = alarm.fault_type;
  json["severity"] = alarm.severity;
  json["probable_cause"] =
      alarm.probable_cause.empty() ? BoardJson() : BoardJson(alarm.probable_cause);
  json["raised_as"] = {{"fault_type", alarm.raised_type}, {"severity", alarm.raised_severity}};
  json["flapping"] = alarm.flaps > 0;
  json["folded_into"] = alarm.folded_into.empty() ? BoardJson() : BoardJson(alarm.folded_into);
  json["group"] = alarm.group.empty() ? BoardJson() : BoardJson::parse(alarm.group, nullptr, false);
  json["reason"] = alarm.reason.empty() ? BoardJson() : BoardJson(alarm.reason);
  json["labels"] = labels_json(alarm.labels);
  json["evidence"] = BoardJson::parse(alarm.evidence, nullptr, false);
  if (json["evidence"].is_discarded()) json["evidence"] = nullptr;
  return json.dump(-1, ' ', false, BoardJson::error_handler_t::replace);
}

}  // namespace faultprint::daemon
