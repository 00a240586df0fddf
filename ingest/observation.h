// All that one thing in a record says, whatever a configuration names of it: what `probe` looks at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace faultprint::ingest {

struct ObservedValue {
  enum class Kind { number, boolean, text };

  std::string name;  // a KPI's; in JSON its pointer
  Kind kind = Kind::number;
  double number = 0;  // finite; or 1 for true
  std::string text;   // a text, or a number as it is written where that is known
};

struct Observation {
  std::optional<std::int64_t> time_us;  // event time, where the format says which one that is
  std::string measurement;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<ObservedValue> values;
};

}  // namespace faultprint::ingest
