// What becomes of an alarm: raised, changed, cleared, or withheld. As a line of JSON, and in words.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "config/config.h"
#include "daemon/explanation.h"
#include "daemon/inventory.h"

namespace faultprint::daemon {

struct AlarmEvent {
  static constexpr const char* kFlapping = "flapping";
  // Withheld: would be raised, were there no planned work on the element.
  enum class Kind { raised, changed, cleared, withheld };
  Kind kind = Kind::raised;
  std::string id;  // of the alarm: element and raise time
  std::string element;
  std::string element_group;  // of the configuration's groups; "": it has none
  std::int64_t time_us = 0;
  // When it could be known: the time of the Kafka record (of a file's row) by which what it tells
  // was decided, so that a repeat says the same; not before time_us. Of a topic's silence the wall
  // clock. 0: not known.
  std::int64_t detected_us = 0;
  std::string fault_type;
  std::string severity;
  std::string probable_cause;  // alarms.probable_cause of its type; "": none
  AlarmLabels labels;          // of the inventory, as at the raise
  int abnormal = 0;            // of the last `of` verdicts
  int of = 0;
  double score = 0;  // how much nearer than normal, in radii, on average
  Explanation why;
  int clear = 0;                   // cleared after so many normal verdicts in a row; 0: it is
  config::Microseconds period{0};  // between two of them
  config::Microseconds quiet{0};   // and after so long without others; 0: at once
  int flaps = 0;  // how often it was raised of late, where it is held up for that; 0: it is not
  std::string
      folded_into;        // id of its group's alarm, which speaks for it; "": it speaks for itself
  std::string folded_as;  // severity of that at its raise
  struct Group {
    int alarms = 0;  // those that made the rate, and those folded since
    int folded = 0;  // that are up
    std::map<std::string, int> fault_types;
  };
  std::optional<Group> group;  // of a group's own alarm
  bool of_window = true;       // no: no window speaks for it
  struct Was {
    std::string fault_type;
    std::string severity;
  };
  std::optional<Was> was;  // of a change of either: what it was until then
  // Of a clearing: "normal", "quiet", "other fault", "element forgotten", "baseline relearned",
  // "model has no such type".
  // Of a change: kFlapping or "". Of a withheld one: that of the planned work. Of silence: since
  // when, and that it reports again.
  std::string reason;
};

const char* name(AlarmEvent::Kind kind);
std::string to_json_line(const AlarmEvent& event);
nlohmann::ordered_json detected_json(std::int64_t detected_us);  // null where it is not known
nlohmann::ordered_json labels_json(const AlarmLabels& labels);
nlohmann::ordered_json group_json(const AlarmEvent::Group& group);
// Its member `evidence`, as JSON text: what an alarm that is up goes on saying.
std::string evidence_json(const AlarmEvent& event);

// For who reads the log: the KPIs that moved, what it is most like, what will clear it. "" for an
// event that has nothing to explain.
std::string in_words(const AlarmEvent& event);

}  // namespace faultprint::daemon
