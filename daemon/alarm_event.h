// What becomes of an alarm: raised, changed, cleared. As a line of JSON, and in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config.h"
#include "daemon/explanation.h"

namespace faultprint::daemon {

struct AlarmEvent {
  enum class Kind { raised, changed, cleared };
  Kind kind = Kind::raised;
  std::string id;  // of the alarm: element and raise time
  std::string element;
  std::int64_t time_us = 0;
  std::string fault_type;
  std::string severity;
  int abnormal = 0;  // of the last `of` verdicts
  int of = 0;
  double score = 0;  // how much nearer than normal, in radii, on average
  Explanation why;
  int clear = 0;                   // cleared after so many normal verdicts in a row; 0: it is
  config::Microseconds period{0};  // between two of them
  std::string reason;  // of a clearing: "normal", "element forgotten", "model has no such type"
};

const char* name(AlarmEvent::Kind kind);
std::string to_json_line(const AlarmEvent& event);
// Its member `evidence`, as JSON text: what an alarm that is up goes on saying.
std::string evidence_json(const AlarmEvent& event);

// For who reads the log: the KPIs that moved, what it is most like, what will clear it. "" for an
// event that has nothing to explain.
std::string in_words(const AlarmEvent& event);

}  // namespace faultprint::daemon
