#include "ingest/timestamp.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace faultprint::ingest {
namespace timestamp_test {

using config::TimeUnit;
constexpr std::int64_t kTime = 1498754414000000;

TEST_CASE("RFC 3339 times that are read") {
  const std::vector<std::pair<const char*, std::int64_t>> table = {
      {"1970-01-01T00:00:00Z", 0},
      {"2017-06-29T16:40:14Z", kTime},
      {"2017-06-29t16:40:14z", kTime},
      {"2017-06-29 16:40:14Z", kTime},
      {"2017-06-29T16:40:14.5Z", kTime + 500000},
      {"2017-06-29T16:40:14.123456789Z", kTime + 123456},
      {"2017-06-29T18:40:14+02:00", kTime},
      {"2017-06-29T12:10:14-04:30", kTime},
      {"2017-06-29T16:40:14-00:00", kTime},
      {"1969-12-31T23:00:00-01:00", 0},
      {"2000-02-29T00:00:00Z", 951782400000000},
      {"2016-02-29T00:00:00Z", 1456704000000000},
      {"2016-12-31T23:59:60Z", 1483228800000000},
      {"2199-12-31T23:59:59Z", kMaxTimeUs - 1000000},
  };
  for (const auto& [text, expected] : table) {
    CAPTURE(text);
    const auto time = parse_rfc3339(text);
    REQUIRE(time);
    CHECK(*time == expected);
  }
}

TEST_CASE("a time without an offset is of the zone that is configured, and none without one") {
  CHECK_FALSE(parse_rfc3339("2017-06-29T18:40:14"));
  CHECK(parse_rfc3339("2017-06-29T18:40:14", config::find_zone("+02:00")) == kTime);
  CHECK(parse_rfc3339("2017-06-29 12:10:14.5", config::find_zone("-04:30")) == kTime + 500000);
  CHECK(parse_rfc3339("2017-06-29T16:40:14Z", config::find_zone("+02:00")) ==
        kTime);  // it says so itself
  CHECK(parse_rfc3339("2017-06-29T17:40:14+01:00", config::find_zone("+02:00")) == kTime);
  CHECK(parse_time("2017-06-29T18:40:14", TimeUnit::automatic, config::find_zone("+02:00")) ==
        kTime);
  CHECK(parse_time("1498754414", TimeUnit::automatic, config::find_zone("+02:00")) ==
        kTime);  // since 1970 in UTC
  CHECK_FALSE(parse_rfc3339("2017-06-29T18:40:14x", config::find_zone("+02:00")));
  CHECK_FALSE(parse_rfc3339("2017-06-29T18:40", config::find_zone("+02:00")));
  CHECK_FALSE(parse_rfc3339("1970-01-01T01:00:00", config::find_zone("+02:00")));
}

TEST_CASE("texts that are no RFC 3339 time") {
  for (const char* text : {"",
                           "2017",
                           "2017-06-29",
                           "2017-06-29T16:40Z",
                           "2017-06-29T16:40:14",
                           "2017-06-29T16:40:14.",
                           "2017-06-29T16:40:14.Z",
                           "2017-06-29T16:40:14,5Z",
                           "2017-06-29T16:40:14Z ",
                           " 2017-06-29T16:40:14Z",
                           "2017-06-29T16:40:14+0200",
                           "2017-06-29T16:40:14+02",
                           "2017-06-29T16:40:14+24:00",
                           "2017-06-29T24:00:00Z",
                           "2017-06-29T16:60:14Z",
                           "2017-06-29T16:40:61Z",
                           "2017-13-01T00:00:00Z",
                           "2017-00-01T00:00:00Z",
                           "2017-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2017-04-31T00:00:00Z",
                           "2017-06-00T00:00:00Z",
                           "2017-6-29T16:40:14Z",
                           "17-06-29T16:40:14Z",
                           "+2017-06-29T16:40:14Z",
                           "2017-06-29T1a:40:14Z",
                           "2017-06-29X16:40:14Z",
                           "2017/06/29T16:40:14Z",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00+00:01",
                           "2200-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("a number's unit is told by its magnitude unless it is given") {
  CHECK(time_from_integer(1498754414, TimeUnit::automatic) == kTime);
  CHECK(time_from_integer(1498754414000, TimeUnit::automatic) == kTime);
  CHECK(time_from_integer(1498754414000000, TimeUnit::automatic) == kTime);
  CHECK(time_from_integer(1498754414000000999, TimeUnit::automatic) == kTime);
  CHECK(time_from_integer(1498754414, TimeUnit::milliseconds) == 1498754414000);
  CHECK(time_from_number(1498754414.25, TimeUnit::automatic) == kTime + 250000);
  CHECK(time_from_number(1498754414000.5, TimeUnit::automatic) == kTime + 500);
  CHECK(time_from_number(1.498754414e15, TimeUnit::automatic) == kTime);
  CHECK(time_from_number(1.498754414e18, TimeUnit::nanoseconds) == kTime);
  CHECK(time_from_integer(0, TimeUnit::automatic) == 0);
}

TEST_CASE("numbers outside 1970 to 2200 are no times") {
  CHECK_FALSE(time_from_integer(-1, TimeUnit::automatic));
  CHECK_FALSE(time_from_integer(INT64_MAX, TimeUnit::automatic));
  CHECK_FALSE(time_from_integer(INT64_MAX, TimeUnit::seconds));
  CHECK_FALSE(time_from_integer(INT64_MIN, TimeUnit::nanoseconds));
  CHECK_FALSE(time_from_integer(7258118400, TimeUnit::seconds));
  CHECK_FALSE(time_from_integer(1498754414, TimeUnit::rfc3339));
  CHECK_FALSE(time_from_number(-0.001, TimeUnit::automatic));
  CHECK_FALSE(time_from_number(std::nan(""), TimeUnit::automatic));
  CHECK_FALSE(time_from_number(HUGE_VAL, TimeUnit::automatic));
  CHECK_FALSE(time_from_number(1e300, TimeUnit::seconds));
  CHECK_FALSE(time_from_number(7258118400.0, TimeUnit::seconds));
}

TEST_CASE("a CSV cell is a number or RFC 3339 and nothing else") {
  CHECK(parse_time("1498754414") == kTime);
  CHECK(parse_time("1498754414.5") == kTime + 500000);
  CHECK(parse_time("2017-06-29T16:40:14Z") == kTime);
  for (const char* text : {"", " 1498754414", "1498754414 ", "+1498754414", "0x10", "inf", "nan",
                           "1498754414s", "-5", "1e400"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("times are written as short as they are exact") {
  CHECK(format_rfc3339(kTime) == "2017-06-29T16:40:14Z");
  CHECK(format_rfc3339(kTime + 250000) == "2017-06-29T16:40:14.250Z");
  CHECK(format_rfc3339(kTime + 7) == "2017-06-29T16:40:14.000007Z");
  CHECK(format_rfc3339(0) == "1970-01-01T00:00:00Z");
  CHECK(format_rfc3339(-1) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("writing and reading agree on every day from 1970 to 2200") {
  for (std::int64_t time = 43200000123; time < kMaxTimeUs; time += 86400000000) {
    if (parse_rfc3339(format_rfc3339(time)) != time) FAIL(format_rfc3339(time));
  }
}

}  // namespace timestamp_test
}  // namespace faultprint::ingest
