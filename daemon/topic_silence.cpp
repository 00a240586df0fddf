#include "daemon/topic_silence.h"

#include <algorithm>
#include <string_view>

#include "daemon/silence_alarms.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::string_view kPrefix = "topic:";

struct Topic {
  std::int64_t heard_us = 0;     // as of PartitionView
  std::int64_t reached_us = -1;  // event time; -1: it never brought a record
  bool known_empty = true;       // nothing is left to read in any of its partitions
};

std::map<std::string, Topic> by_topic(const std::vector<PartitionView>& partitions) {
  std::map<std::string, Topic> topics;
  for (const PartitionView& view : partitions) {
    Topic& topic = topics[view.where.topic];
    topic.heard_us = std::max(topic.heard_us, view.heard_us);
    topic.reached_us = std::max(topic.reached_us, view.watermark_us);
    topic.known_empty = topic.known_empty && view.lag == 0;
  }
  return topics;
}

// By where event time stands: a restart amid the silence raises the same alarm, which is then
// known.
ActiveAlarm alarm_for(const std::string& name, const Topic& topic,
                      const config::AlarmConfig& alarms) {
  ActiveAlarm alarm =
      new_alarm(std::string(kPrefix) + name, SilenceAlarms::kType,
                topic.reached_us + alarms.silence.topics.count(), alarms, AlarmPlans());
  alarm.reason = "no record since event time " + ingest::format_rfc3339(topic.reached_us) +
                 "; clears with the next";
  return alarm;
}

// By what has come since, not by what comes now: it may be silent again by the next look.
bool heard_again(const SilentTopic& silent, const Topic& topic, std::int64_t after_us) {
  if (silent.heard_us) return topic.heard_us > *silent.heard_us;
  return topic.reached_us >= 0 && topic.reached_us + after_us > silent.alarm.raised_us;
}

// A group gives a process that comes back its partitions in one or two steps, or never.
bool awaited(SilentTopic& silent, std::int64_t now_us, std::int64_t after_us) {
  if (silent.heard_us) return false;
  if (!silent.awaited_until_us) silent.awaited_until_us = now_us + after_us;
  return now_us < *silent.awaited_until_us;
}

AlarmEvent cleared(const ActiveAlarm& alarm, const Topic& topic, bool asked_for) {
  AlarmEvent event = windowless_event(AlarmEvent::Kind::cleared, alarm,
                                      std::max(topic.reached_us, alarm.raised_us));
  event.reason = asked_for ? "it brings records again" : "silence is no alarm";
  return event;
}

}  // namespace

bool is_silent_topic(const std::string& element) { return element.starts_with(kPrefix); }

void TopicSilence::restore(const ActiveAlarm& alarm) {
  silent_[alarm.element.substr(kPrefix.size())] = {alarm, {}, {}};
}

std::vector<AlarmEvent> TopicSilence::look(const std::vector<PartitionView>& partitions,
                                           std::int64_t now_us, const RulesOf& rules_of,
                                           std::vector<std::string>& gone) {
  const std::map<std::string, Topic> topics = by_topic(partitions);
  std::vector<AlarmEvent> events;
  for (auto it = silent_.begin(); it != silent_.end();) {
    const auto topic = topics.find(it->first);
    const std::int64_t after = rules_of(it->first).silence.topics.count();
    bool still = false;
    if (topic == topics.end()) {
      still = awaited(it->second, now_us, after);
      if (!still) gone.push_back(it->second.alarm.id);
    } else {
      still = after > 0 && !heard_again(it->second, topic->second, after);
      if (!still) events.push_back(cleared(it->second.alarm, topic->second, after > 0));
    }
    it = still ? std::next(it) : silent_.erase(it);
  }
  for (const auto& [name, topic] : topics) {
    const config::AlarmConfig& alarms = rules_of(name);
    const std::int64_t after = alarms.silence.topics.count();
    if (after == 0 || topic.reached_us < 0 || !topic.known_empty || silent_.contains(name) ||
        now_us - topic.heard_us <= after)
      continue;
    SilentTopic& silent = silent_[name] = {alarm_for(name, topic, alarms), topic.heard_us, {}};
    events.push_back(
        windowless_event(AlarmEvent::Kind::raised, silent.alarm, silent.alarm.raised_us));
  }
  return events;
}

}  // namespace faultprint::daemon
