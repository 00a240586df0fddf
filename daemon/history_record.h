// One record of an element, with storage of its own: what recorded or made-up history is made of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faultprint::daemon {

struct HistoryRecord {
  std::int64_t time_us = 0;
  std::string element;
  std::vector<double> values;      // of the first fields; NaN: missing
  std::vector<std::string> texts;  // of the last ones; empty: missing
};

}  // namespace faultprint::daemon
