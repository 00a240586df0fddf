// Which field is the event time, and in which unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/probe/feed.h"

namespace faultprint::daemon::probe {

struct TimeChoice {
  std::string name;  // of the field; empty: none is a time
  config::TimeUnit unit = config::TimeUnit::automatic;
  std::string why;                   // the evidence; where there is none, why
  std::vector<std::string> similar;  // further fields that are times
};

TimeChoice choose_time(const Things& things, const Records& records);

// What a value says as a time, in microseconds since 1970.
std::optional<std::int64_t> time_of(const ingest::ObservedValue& value, config::TimeUnit unit);

const ingest::ObservedValue* find_value(const Thing& thing, const std::string& name);

}  // namespace faultprint::daemon::probe
