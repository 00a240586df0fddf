#include "daemon/alarm_folds.h"

#include <algorithm>
#include <array>

#include "daemon/alarm_board.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

// 0: the worst.
std::size_t rank_of(const std::string& severity) {
  constexpr std::array kWorstFirst{"critical", "major", "minor", "warning", "indeterminate"};
  return static_cast<std::size_t>(std::find(kWorstFirst.begin(), kWorstFirst.end(), severity) -
                                  kWorstFirst.begin());
}

bool make_worse(std::string& severity, const std::string& other) {
  if (!severity.empty() && rank_of(other) >= rank_of(severity)) return false;
  severity = other;
  return true;
}

}  // namespace

void AlarmFolds::set_rule(const config::FoldingRule& rule) {
  const std::lock_guard lock(mutex_);
  if (rule.by != rule_.by) groups_.clear();  // what is folded stays so
  rule_ = rule;
}

std::string AlarmFolds::group_of(const AlarmLabels& labels) const {
  if (rule_.by.empty()) return "group:all";
  const AlarmLabels own = labels_of(labels);
  return "group:" + rule_.by + "=" + (own.empty() ? "" : own.front().second);
}

AlarmLabels AlarmFolds::labels_of(const AlarmLabels& labels) const {
  AlarmLabels own;
  for (const auto& label : labels)
    if (label.first == rule_.by) own.push_back(label);
  return own;
}

std::vector<AlarmEvent> AlarmFolds::pass(const std::vector<AlarmEvent>& events) {
  const std::lock_guard lock(mutex_);
  std::vector<AlarmEvent> told;
  for (AlarmEvent event : events) {
    if (const auto into = folded_.find(event.id); into != folded_.end())
      event.folded_into = into->second;  // and stays in it when it is told again
    if (event.kind == AlarmEvent::Kind::raised)
      raised(event, told);
    else if (event.kind == AlarmEvent::Kind::cleared)
      cleared(event, told);
    else
      told.push_back(event);
  }
  return told;
}

// Events of several workers come a little out of order: each is set beside those before it in time.
void AlarmFolds::remember(Group& group, const Raise& raise) const {
  auto& raises = group.raises;
  const auto same = std::find_if(raises.begin(), raises.end(),
                                 [&](const Raise& known) { return known.id == raise.id; });
  if (same != raises.end()) return;  // of a partition that was here before
  raises.push_back(raise);
  if (raises.size() <= 2 * (static_cast<std::size_t>(rule_.above) + 1)) return;
  raises.erase(std::min_element(raises.begin(), raises.end(), [](const Raise& a, const Raise& b) {
    return a.time_us < b.time_us;
  }));
}

void AlarmFolds::raised(AlarmEvent& event, std::vector<AlarmEvent>& told) {
  if (rule_.above == 0 || !event.folded_into.empty()) {
    told.push_back(event);
    return;
  }
  const std::string name = group_of(event.labels);
  Group& group = groups_[name];
  const std::int64_t within = rule_.within.count();
  remember(group, {event.id, event.time_us, event.fault_type, event.severity});
  const auto of_late = std::count_if(group.raises.begin(), group.raises.end(), [&](const Raise& r) {
    return r.time_us > event.time_us - within && r.time_us <= event.time_us;
  });
  if (of_late <= rule_.above) {
    told.push_back(event);
    return;
  }
  const bool first = group.up.empty();
  Up& up = first ? begin(name, event) : ups_.at(group.up);
  event.folded_into = group.up;
  event.folded_as = up.raised_severity;
  folded_[event.id] = group.up;
  ++up.folded;
  const bool worse = !first && takes(up, event);
  told.push_back(event);
  if (first)
    told.push_back(
        event_of(up, group.up, AlarmEvent::Kind::raised, event.time_us, event.detected_us));
  else if (worse)
    told.push_back(
        event_of(up, group.up, AlarmEvent::Kind::changed, event.time_us, event.detected_us));
}

AlarmFolds::Up& AlarmFolds::begin(const std::string& name, const AlarmEvent& event) {
  Group& group = groups_[name];
  group.up = id_in_group(element_group_, identity(name, event.time_us));
  Up& up = ups_[group.up];
  up.group = name;
  up.raised_us = event.time_us;
  up.labels = labels_of(event.labels);
  for (const Raise& raise : group.raises) {
    if (raise.time_us <= event.time_us - rule_.within.count() || raise.time_us > event.time_us)
      continue;
    count(up, raise.id, raise.fault_type);
    make_worse(up.severity, raise.severity);
  }
  up.told = up.alarms.size();
  up.raised_severity = up.severity;
  return up;
}

// False: it is counted already.
bool AlarmFolds::count(Up& up, const std::string& alarm, const std::string& fault_type) {
  const bool is_new = up.alarms.insert(alarm).second;
  if (is_new) ++up.fault_types[fault_type];
  return is_new;
}

// Counts one more; true where that is worth an event: twice as many as were told, or a worse one.
bool AlarmFolds::takes(Up& up, const AlarmEvent& event) {
  count(up, event.id, event.fault_type);
  const bool worse = make_worse(up.severity, event.severity);
  if (!worse && up.alarms.size() < 2 * up.told) return false;
  up.told = up.alarms.size();
  return true;
}

void AlarmFolds::cleared(AlarmEvent& event, std::vector<AlarmEvent>& told) {
  told.push_back(event);
  if (event.folded_into.empty()) return;
  folded_.erase(event.id);
  const auto found = ups_.find(event.folded_into);
  if (found == ups_.end() || --found->second.folded > 0) return;
  told.push_back(event_of(found->second, found->first, AlarmEvent::Kind::cleared,
                          std::max(event.time_us, found->second.raised_us), event.detected_us));
  told.back().reason = "none is folded any more";
  end(event.folded_into);
}

void AlarmFolds::end(const std::string& id) {
  const auto group = groups_.find(ups_.at(id).group);
  if (group != groups_.end() && group->second.up == id) group->second.up.clear();
  ups_.erase(id);
}

AlarmEvent AlarmFolds::event_of(const Up& up, const std::string& id, AlarmEvent::Kind kind,
                                std::int64_t time_us, std::int64_t detected_us) const {
  AlarmEvent event;
  event.kind = kind;
  event.id = id;
  event.element = up.group;
  event.element_group = element_group_;
  event.time_us = time_us;
  event.detected_us = detected_us;
  event.fault_type = kType;
  event.severity = up.severity;
  event.labels = up.labels;
  event.of_window = false;
  event.group = AlarmEvent::Group{static_cast<int>(up.alarms.size()), up.folded, up.fault_types};
  return event;
}

std::optional<ActiveAlarm> AlarmFolds::restore(const ActiveAlarm& alarm) {
  const std::lock_guard lock(mutex_);
  const std::string name = group_of(alarm.labels);
  remember(groups_[name], {alarm.id, alarm.raised_us, alarm.raised_type, alarm.raised_severity});
  const std::string& id = alarm.folded_into;
  if (id.empty() || !folded_.emplace(alarm.id, id).second) return std::nullopt;
  const auto [found, is_new] = ups_.try_emplace(id);
  Up& up = found->second;
  ++up.folded;
  if (count(up, alarm.id, alarm.fault_type)) up.told = up.alarms.size();
  make_worse(up.severity, alarm.severity);
  if (!is_new) return std::nullopt;
  up.severity = up.raised_severity = alarm.folded_as;
  const std::size_t begin = id_in_group(element_group_, "").size();
  up.group = id.substr(std::min(begin, id.size()), id.rfind('@') - begin);
  up.raised_us = ingest::parse_rfc3339(id.substr(std::min(id.rfind('@') + 1, id.size())))
                     .value_or(alarm.raised_us);
  up.labels = labels_of(alarm.labels);
  if (groups_[up.group].up.empty()) groups_[up.group].up = id;
  return alarm_of(event_of(up, id, AlarmEvent::Kind::raised, up.raised_us,
                           alarm.raised_us == up.raised_us ? alarm.detected_us : 0));
}

std::optional<std::string> AlarmFolds::hand_over(const ActiveAlarm& alarm) {
  const std::lock_guard lock(mutex_);
  const auto found = folded_.find(alarm.id);
  if (found == folded_.end()) return std::nullopt;
  const std::string id = found->second;
  folded_.erase(found);
  const auto up = ups_.find(id);
  if (up == ups_.end() || --up->second.folded > 0) return std::nullopt;
  end(id);
  return id;
}

}  // namespace faultprint::daemon
