// What becomes of an alarm: raised, changed, cleared, or withheld. As a line of JSON, and in words.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "config/config.h"
#include "daemon/explanation.h"
#include "daemon/inventory.h"

namespace faultprint::daemon {

struct AlarmEvent {
  // Withheld: would be raised, were there no planned work on the element.
  enum class Kind { raised, changed, cleared, withheld };
  Kind kind = Kind::raised;
  std::string id;  // of the alarm: element and raise time
  std::string element;
  std::int64_t time_us = 0;
  std::string fault_type;
  std::string severity;
  AlarmLabels labels;  // of the inventory, as at the raise
  int abnormal = 0;    // of the last `of` verdicts
  int of = 0;
  double score = 0;  // how much nearer than normal, in radii, on average
  Explanation why;
  int clear = 0;                   // cleared after so many normal verdicts in a row; 0: it is
  config::Microseconds period{0};  // between two of them
  // Of a clearing: "normal", "element forgotten", "model has no such type". Of a withheld one: that
  // of the planned work.
  std::string reason;
};

const char* name(AlarmEvent::Kind kind);
std::string to_json_line(const AlarmEvent& event);
nlohmann::ordered_json labels_json(const AlarmLabels& labels);
// Its member `evidence`, as JSON text: what an alarm that is up goes on saying.
std::string evidence_json(const AlarmEvent& event);

// For who reads the log: the KPIs that moved, what it is most like, what will clear it. "" for an
// event that has nothing to explain.
std::string in_words(const AlarmEvent& event);

}  // namespace faultprint::daemon
