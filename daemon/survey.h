// What a history holds, by its records alone: elements, and times.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/dataset.h"

namespace faultprint::daemon {

struct Survey {
  struct Span {
    std::int64_t first_us;
    std::int64_t last_us;
  };
  std::map<std::string, Span, std::less<>> elements;
  std::map<std::int64_t, std::size_t> records;  // in each slot
};

Survey survey(const config::Config& config, const DataFiles& files, const Progress& progress);

// The end of the slot up to which that share of the records lies.
std::int64_t share_time(const Survey& survey, double share, config::Microseconds period);
// An element that reports in both histories at the same time; empty: none.
std::string shared_element(const Survey& one, const Survey& other);

}  // namespace faultprint::daemon
