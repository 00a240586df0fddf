// One decoded record: what one element reported at one time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace faultprint::ingest {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxElementBytes = 256;  // a longer name is rejected

struct KpiSample {
  std::string_view element;    // valid until the decoder's next call
  std::int64_t time_us = 0;    // event time, microseconds since 1970 UTC
  std::vector<double> values;  // one per InputSpec::fields(); kMissing = not reported
  unsigned unknown_kpis = 0;   // fields of the KPI object that no configuration names
};

}  // namespace faultprint::ingest
