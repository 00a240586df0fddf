// Alarms of a group of elements that come all at once: beyond a rate they fold into one alarm of
// the group, which counts them. A folded alarm lives on as any other, in events, state and API; it
// only has no series, and so no page, of its own.
//
// A group is all elements, or those that share a label of the inventory. Folding is this process's
// view of what its workers raise, in the order in which they do: unlike all before it, it is not a
// function of one partition's records, and `replay` does not fold. Several daemons each count their
// own; their group alarms have the same labels, and so are one alert. Which alarms are folded is
// kept with them in snapshots, and from that a restart makes the group's alarm up again; how many
// came before it does not remember, so that it may begin to fold a little later.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "daemon/active_alarm.h"

namespace faultprint::daemon {

// Thread-safe.
class AlarmFolds {
 public:
  static constexpr const char* kType = "group";  // the fault type of a group's alarm

  // element_group: of the configuration's groups, whose alarms these are; "": it has none.
  explicit AlarmFolds(std::string element_group = "") : element_group_(std::move(element_group)) {}

  void set_rule(const config::FoldingRule& rule);

  // The events of elements' alarms, each marked where it is folded, and behind it what becomes of
  // its group's alarm by it.
  std::vector<AlarmEvent> pass(const std::vector<AlarmEvent>& events);
  // An alarm known from a snapshot. The group's own, where it is the first that is folded into it.
  std::optional<ActiveAlarm> restore(const ActiveAlarm& alarm);
  // An alarm that another process has from now on. The id of its group's, where it was the last.
  std::optional<std::string> hand_over(const ActiveAlarm& alarm);

 private:
  struct Raise {
    std::string id;
    std::int64_t time_us = 0;
    std::string fault_type;
    std::string severity;
  };
  struct Group {
    std::vector<Raise> raises;  // the newest ones, twice as many as the rule asks for
    std::string up;             // id of its alarm that new ones fold into; "": none is up
  };
  struct Up {  // a group's alarm
    std::string group;
    std::int64_t raised_us = 0;
    std::string severity;
    std::string raised_severity;  // as it was at the raise
    AlarmLabels labels;
    int folded = 0;  // that are up
    // Those that made the rate, and those folded since: each once, however often a partition comes
    // and goes.
    std::set<std::string> alarms;
    std::size_t told = 0;  // of them, by the last event
    std::map<std::string, int> fault_types;
  };

  std::string group_of(const AlarmLabels& labels) const;
  AlarmLabels labels_of(const AlarmLabels& labels) const;
  void remember(Group& group, const Raise& raise) const;
  void raised(AlarmEvent& event, std::vector<AlarmEvent>& told);
  void cleared(AlarmEvent& event, std::vector<AlarmEvent>& told);
  Up& begin(const std::string& group, const AlarmEvent& event);
  static bool count(Up& up, const std::string& alarm, const std::string& fault_type);
  bool takes(Up& up, const AlarmEvent& event);
  AlarmEvent event_of(const Up& up, const std::string& id, AlarmEvent::Kind kind,
                      std::int64_t time_us, std::int64_t detected_us) const;
  // Its last one is gone.
  void end(const std::string& id);

  const std::string element_group_;
  std::mutex mutex_;
  config::FoldingRule rule_;
  std::map<std::string, Group> groups_;
  std::map<std::string, Up> ups_;              // by id
  std::map<std::string, std::string> folded_;  // alarm -> its group's alarm
};

}  // namespace faultprint::daemon
