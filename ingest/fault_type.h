// What a fault may be called, wherever people name one: in incidents files and on command lines.
// Models from before there was this rule keep the names that they have.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace faultprint::ingest {

// In an incidents file; see ingest/incidents.h.
constexpr const char* kNormal = "normal";
constexpr const char* kIgnore = "ignore";
constexpr const char* kFalseAlarm = "false_alarm";
// What verdicts and alarms say where no fault is named.
constexpr const char* kUnknownType = "unknown";
constexpr std::size_t kMaxFaultTypeBytes = 128;

// Whether people take `name` for the same word as `reserved`: in other case, with blanks around it.
bool means_reserved(std::string_view name, std::string_view reserved);

// What is wrong with `name` as a fault's, and what is allowed; "" where nothing is.
std::string fault_name_error(std::string_view name);

}  // namespace faultprint::ingest
