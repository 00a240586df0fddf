// The severity of an alarm: by its fault type, its element, and how long it has been up.
#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace faultprint::daemon {

// That of the first rule that fits, else that of the fault type.
const std::string& severity_of(const config::AlarmConfig& alarms, const std::string& fault_type,
                               std::string_view element, config::Microseconds age);

}  // namespace faultprint::daemon
