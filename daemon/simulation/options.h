// What a simulation is made from. The same options give the same network, to the byte.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::daemon::simulation {

struct Options {
  int elements = 60;                         // cells
  std::int64_t start_us = 1767571200000000;  // 2026-01-05, a Monday; put down to a whole period
  config::Microseconds duration = std::chrono::hours(14 * 24);
  config::Microseconds period = std::chrono::minutes(15);
  std::uint64_t seed = 1;
  std::vector<std::string> faults;          // types; empty: all
  std::optional<double> incidents_per_day;  // in the whole network; none: one for every six cells
  config::Microseconds length{0};           // of a typical incident; 0: 12 periods
  double swing = 1;                         // of the load over day and week, in logarithms; 0: none
  double missing = 0.005;                   // share of records that never come
  double late = 0.01;     // share of records that come one period or more after theirs
  double held_out = 0.3;  // share of the time that is kept for `evaluate`

  std::int64_t first_slot() const { return start_us / period.count(); }
  std::int64_t slots() const { return duration.count() / period.count(); }
  std::int64_t end_slot() const { return first_slot() + slots(); }
  std::int64_t first_held_out() const {
    return first_slot() +
           static_cast<std::int64_t>(static_cast<double>(slots()) * (1 - held_out) + 0.5);
  }
  double per_day() const { return incidents_per_day.value_or(elements / 6.0); }
  double length_slots() const {
    return length.count() > 0
               ? static_cast<double>(length.count()) / static_cast<double>(period.count())
               : 12;
  }
};

}  // namespace faultprint::daemon::simulation
