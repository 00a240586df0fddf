// What commands say to a person on standard error.
#pragma once

#include <string>

#include "daemon/dataset.h"
#include "daemon/operating_curve.h"

namespace faultprint::daemon {

void warn(const std::string& text);     // "warning: ..." in yellow
void say_dataset(const Dataset& data);  // and a warning where many records were rejected
// What each number of false alarms buys, what the configuration's choose, and a warning where this
// history cannot tell so low a rate.
void say_curve(const OperatingCurve& curve, const config::AlarmConfig& alarms);
// "2 late, 1 bad_time", or "none".
std::string describe(const ingest::RejectCounts& rejects);

}  // namespace faultprint::daemon
