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
  std::string_view element;  // valid until the decoder's next call
  std::int64_t time_us = 0;  // event time, microseconds since 1970 UTC
  // One for each of InputSpec::fields() that is a number; then the token numbers of each field of
  // tokens, `length` of them. NaN = not reported.
  std::vector<double> values;
  // What each field of tokens was reported as, empty where it was not; as long as `element` valid.
  std::vector<std::string_view> texts;
  // What it was decoded from, as long as `element` valid, and which of that record's things it is:
  // a producer's repeat has both. Empty where it is not known.
  std::string_view record = {};
  std::uint32_t part = 0;
  unsigned unknown_kpis = 0;  // fields of the KPI object that no configuration names
};

}  // namespace faultprint::ingest
