// A topic that brings no more records, as an alarm of its own. The one alarm that a clock
// raises (one that nobody sets): where nothing comes, event time stands still, and with it every
// alarm of an element; so none of the topic's elements is called silent meanwhile. It is of the
// partitions that this process reads. A topic that never brought a record is none to miss here (the
// alert FaultprintNoData says that).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/active_alarm.h"
#include "daemon/partition_view.h"

namespace faultprint::daemon {

// Whether an alarm's element is a topic.
bool is_silent_topic(const std::string& element);

struct SilentTopic {
  ActiveAlarm alarm;
  std::optional<std::int64_t> heard_us;  // when it was raised; none: by a process before
  // What a process before raised waits so long, by the clock, for the group to give its topic here.
  std::optional<std::int64_t> awaited_until_us;
};

class TopicSilence {
 public:
  // Raised by a process before this one and not cleared: it is so once event time has moved on.
  void restore(const ActiveAlarm& alarm);
  // What becomes of it at this time, of the clock that PartitionView::heard_us is of, by all
  // partitions that are read. `gone`: ids of alarms whose topic is read elsewhere now. When an
  // event was detected is its caller's to add.
  using RulesOf = std::function<const config::AlarmConfig&(const std::string& topic)>;
  std::vector<AlarmEvent> look(const std::vector<PartitionView>& partitions, std::int64_t now_us,
                               const RulesOf& rules_of, std::vector<std::string>& gone);

 private:
  std::map<std::string, SilentTopic> silent_;  // by topic
};

}  // namespace faultprint::daemon
