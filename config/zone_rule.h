// The rule by which a time zone goes on for good, at the end of its file: a TZ string of POSIX with
// what RFC 9636 adds, as CET-1CEST,M3.5.0,M10.5.0/3.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace faultprint::config {

struct ZoneRule {
  struct Day {
    enum class Kind { julian, of_year, of_month } kind = Kind::of_month;
    int month = 1;  // 1..12
    int week = 1;   // 1..5, 5: the last
    int day = 0;    // of the week, 0: Sunday; of the year, from 1 without 29 February (julian) or 0
    int time_s = 7200;  // after its midnight
  };
  struct Change {
    std::int64_t utc_s;
    int offset_s;  // east of UTC from then on
  };

  int standard_s = 0;  // east of UTC
  bool changes = false;
  int summer_s = 0;
  Day begins, ends;  // of summer time

  // Those of a year, in order of time; of one that changes.
  std::array<Change, 2> changes_of(int year) const;
};

// Nothing where it is none.
std::optional<ZoneRule> parse_zone_rule(std::string_view text);

}  // namespace faultprint::config
