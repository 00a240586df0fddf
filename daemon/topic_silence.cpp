#include "daemon/topic_silence.h"

#include <algorithm>
#include <string_view>

#include "daemon/silence_alarms.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::string_view kPrefix = "topic:";

struct Topic {
  std::int64_t heard_us = 0;     // wall clock
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

}  // namespace

bool is_silent_topic(const std::string& element) { return element.starts_with(kPrefix); }

void TopicSilence::restore(const ActiveAlarm& alarm) {
  silent_[alarm.element.substr(kPrefix.size())] = {alarm, true};
}

std::vector<AlarmEvent> TopicSilence::look(const std::vector<PartitionView>& partitions,
                                           std::int64_t now_us, const config::AlarmConfig& alarms,
                                           std::vector<std::string>& gone) {
  const std::map<std::string, Topic> topics = by_topic(partitions);
  const std::int64_t after = alarms.silence.topics.count();
  std::vector<AlarmEvent> events;
  for (auto it = silent_.begin(); it != silent_.end();) {
    const auto topic = topics.find(it->first);
    const ActiveAlarm& alarm = it->second.alarm;
    const bool unmoved =
        it->second.restored && topic != topics.end() &&
        (topic->second.reached_us < 0 || topic->second.reached_us + after <= alarm.raised_us);
    const bool still =
        topic != topics.end() && after > 0 && (unmoved || now_us - topic->second.heard_us > after);
    if (topic == topics.end()) {
      gone.push_back(alarm.id);
    } else if (!still) {
      const std::int64_t time_us = std::max(topic->second.reached_us, alarm.raised_us);
      events.push_back(windowless_event(AlarmEvent::Kind::cleared, alarm, time_us));
      events.back().reason = after > 0 ? "it brings records again" : "silence is no alarm";
    }
    it = still ? std::next(it) : silent_.erase(it);
  }
  for (const auto& [name, topic] : topics) {
    if (after == 0 || topic.reached_us < 0 || !topic.known_empty || silent_.contains(name) ||
        now_us - topic.heard_us <= after)
      continue;
    Silent& silent = silent_[name] = {alarm_for(name, topic, alarms), false};
    events.push_back(
        windowless_event(AlarmEvent::Kind::raised, silent.alarm, silent.alarm.raised_us));
  }
  return events;
}

}  // namespace faultprint::daemon
