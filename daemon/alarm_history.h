// One alarm as its events tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace faultprint::daemon {

struct PastAlarm {
  std::string id;
  std::string element;
  std::string fault_type;              // as it was called last
  std::int64_t start_us = 0;           // of the first of the verdicts that raised it
  std::optional<std::int64_t> end_us;  // of the last verdict that was not normal; none: not known
  std::string cleared_as;              // why it was cleared; "": it is up
  std::int64_t uncertainty_us = 0;     // of start and end
};

// From a file of alarm events (JSON lines, gzip too), by its id, or by its element: that one's
// newest. std::runtime_error "file: what is wrong" where it holds no such alarm, naming the newest
// it holds.
PastAlarm read_alarm(const std::string& file, const std::string& id_or_element);

}  // namespace faultprint::daemon
