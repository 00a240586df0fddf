// What an alarm says for itself, in words: in the log as its event, and in the alert that reaches
// people as what it says by now, after a restart too. Made of its evidence as JSON, which is what
// is kept.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "daemon/active_alarm.h"

namespace faultprint::daemon {

// The KPIs that moved, what it is most like, what will clear it. flaps: as of AlarmEvent. "" for
// what is no evidence of an alarm that is up.
std::string evidence_in_words(const nlohmann::ordered_json& evidence, int flaps);
// group: as of group_json().
std::string group_in_words(const nlohmann::ordered_json& group);
std::string in_words(const ActiveAlarm& alarm);

}  // namespace faultprint::daemon
