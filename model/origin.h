// Where a reference comes from.
#pragma once

#include <cstdint>
#include <string>

namespace faultprint::model {

// The incident that a prototype was taken from.
struct Origin {
  std::string element;       // "": not known, as in older model files
  std::int64_t time_us = 0;  // when the incident began

  bool operator==(const Origin&) const = default;
};

}  // namespace faultprint::model
