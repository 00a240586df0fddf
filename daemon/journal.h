// Native entries of the journal: fields that `journalctl FAULTPRINT_ELEMENT=leaf6` finds, where a
// line on standard error is text alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faultprint::daemon::journal {

// "fault_type" -> "FAULTPRINT_FAULT_TYPE": letters, digits and _, as the journal wants it.
std::string field(std::string_view key, std::string_view value);

bool available();  // its socket is there, and may be written to

// Whether the journal has taken it. entries: "NAME=value", the value any bytes.
bool send(const std::vector<std::string>& entry);

}  // namespace faultprint::daemon::journal
