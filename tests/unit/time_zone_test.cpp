#include "config/time_zone.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <time.h>

#include "ingest/timestamp.h"

namespace faultprint::config {
namespace time_zone_test {

std::string utc_of(const std::string& zone, const std::string& local) {
  const auto time_us = ingest::parse_rfc3339(local, find_zone(zone));
  return time_us ? ingest::format_rfc3339(*time_us) : "none";
}

TEST_CASE("a time zone may be UTC or an offset") {
  CHECK(find_zone("UTC")->offset_s(0) == 0);
  CHECK(find_zone("+02:00")->offset_s(0) == 7200);
  CHECK(find_zone("-04:30")->offset_s(1e9) == -16200);
  for (const char* text :
       {"", "utc", "2", "+2:00", "+0200", "+02:60", "+24:00", "+0a:00", "02:000", "Europe/Berlim",
        "Europe", "../zoneinfo/UTC", "/etc/localtime", "zone.tab", "Europe/Berlin\n"})
    CHECK(find_zone(text) == nullptr);
}

TEST_CASE("a named zone follows daylight saving, both ways round the year") {
  CHECK(utc_of("Europe/Berlin", "2026-01-15T12:00:00") == "2026-01-15T11:00:00Z");
  CHECK(utc_of("Europe/Berlin", "2026-07-15 12:00:00.5") == "2026-07-15T10:00:00.500Z");
  CHECK(utc_of("Europe/Berlin", "2026-07-15T12:00:00Z") == "2026-07-15T12:00:00Z");
  CHECK(utc_of("America/New_York", "2026-07-15T12:00:00") == "2026-07-15T16:00:00Z");
  CHECK(utc_of("Australia/Sydney", "2026-01-15T12:00:00") == "2026-01-15T01:00:00Z");
  CHECK(utc_of("Asia/Kolkata", "2026-01-15T12:00:00") == "2026-01-15T06:30:00Z");
  CHECK(utc_of("Europe/Dublin", "2026-07-15T12:00:00") == "2026-07-15T11:00:00Z");
}

TEST_CASE("the hour that clocks show twice is the first of the two, daylight saving time") {
  CHECK(utc_of("Europe/Berlin", "2026-10-25T01:59:59") == "2026-10-24T23:59:59Z");
  CHECK(utc_of("Europe/Berlin", "2026-10-25T02:00:00") == "2026-10-25T00:00:00Z");
  CHECK(utc_of("Europe/Berlin", "2026-10-25T02:59:59") == "2026-10-25T00:59:59Z");
  CHECK(utc_of("Europe/Berlin", "2026-10-25T03:00:00") == "2026-10-25T02:00:00Z");
}

TEST_CASE("the hour that clocks skip is as long after the change as it would have been") {
  CHECK(utc_of("Europe/Berlin", "2026-03-29T01:59:59") == "2026-03-29T00:59:59Z");
  CHECK(utc_of("Europe/Berlin", "2026-03-29T02:00:00") == "2026-03-29T01:00:00Z");
  CHECK(utc_of("Europe/Berlin", "2026-03-29T02:30:00") == "2026-03-29T01:30:00Z");
  CHECK(utc_of("Europe/Berlin", "2026-03-29T03:00:00") == "2026-03-29T01:00:00Z");
}

// The C library reads the same files by code of its own.
TEST_CASE("every hour of many years is what the C library makes of it") {
  const char* const before = getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  for (const char* name : {"Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Tehran",
                           "Australia/Lord_Howe", "Pacific/Apia", "America/Caracas",
                           "Africa/Casablanca", "Europe/Dublin", "Asia/Kathmandu"}) {
    CAPTURE(name);
    setenv("TZ", name, 1);
    tzset();
    const auto zone = find_zone(name);
    REQUIRE(zone);
    int wrong = 0;
    for (std::int64_t utc_s = 0; utc_s < 2'100'000'000; utc_s += 12'600) {
      const time_t time = utc_s;
      tm local{};
      localtime_r(&time, &local);
      // What a clock shows twice is the first of the two: not this one after a change.
      const int offset_s = zone->offset_s(utc_s + local.tm_gmtoff);
      const bool twice = offset_s > local.tm_gmtoff && offset_s <= local.tm_gmtoff + 10800 &&
                         zone->offset_s(utc_s + local.tm_gmtoff + 10800) == local.tm_gmtoff;
      if (offset_s != local.tm_gmtoff && !twice) ++wrong;
    }
    CHECK(wrong == 0);
  }
  if (before == nullptr)
    unsetenv("TZ");
  else
    setenv("TZ", kept.c_str(), 1);
  tzset();
}

}  // namespace time_zone_test
}  // namespace faultprint::config
