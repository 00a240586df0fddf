#include "config/scalar.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "config/config.h"

namespace faultprint::config {

using std::chrono::hours;

TEST_CASE("integers and decimals are plain, whole and without leading zeros") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-12") == -12);
  CHECK(parse_decimal("0.001") == 0.001);
  CHECK(parse_decimal("-3") == -3.0);
  for (const char* text : {"", "-", "+1", "010", "-01", " 1", "1 ", "1.0", "1e3", "0x10", "0o7",
                           "1_000", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer(text));
  }
  for (const char* text : {"", ".5", "5.", "00.5", "1.2.3", "1e3", "nan", "inf", ".inf", "0x1p3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text));
  }
  CHECK_FALSE(parse_decimal(std::string(400, '9')));
}

TEST_CASE("durations are a number and a unit") {
  CHECK(parse_duration("250us") == Microseconds(250));
  CHECK(parse_duration("500ms") == Microseconds(500000));
  CHECK(parse_duration("1.5h") == Microseconds(hours(1)) * 3 / 2);
  CHECK(parse_duration("10m") == Microseconds(600000000));
  CHECK(parse_duration("1d") == hours(24));
  CHECK(parse_duration("1w") == hours(7 * 24));
  CHECK(parse_duration("0s") == Microseconds(0));
  for (const char* text : {"", "5", "s", "-5s", "5 s", "5S", "5sec", "1h30m", "05s", "1e3s", ".5s",
                           "99999999999999999999w"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a duration is written in the largest unit that divides it, and read back the same") {
  CHECK(format_duration(Microseconds(0)) == "0s");
  CHECK(format_duration(std::chrono::seconds(90)) == "90s");
  CHECK(format_duration(std::chrono::seconds(3600)) == "1h");
  CHECK(format_duration(hours(24)) == "1d");
  CHECK(format_duration(hours(14 * 24)) == "2w");
  CHECK(format_duration(Microseconds(1500)) == "1500us");
  for (const std::int64_t us : {1LL, 999LL, 1000LL, 60000000LL, 61000000LL, 315360000000000LL}) {
    CHECK(parse_duration(format_duration(Microseconds(us))) == Microseconds(us));
  }
}

TEST_CASE("a decimal is written so that it is read back the same") {
  for (const double value : {0.001, 1.0 / 3, 1e15, 120.0, 5e-324}) {
    CHECK(parse_decimal(format_decimal(value)) == value);
  }
  CHECK(format_decimal(120) == "120");
  const double most = std::numeric_limits<double>::max();
  CHECK(parse_decimal(format_decimal(-most)) == -most);
  CHECK(format_decimal(-5e-324).size() > 320);
}

TEST_CASE("plain text that YAML reads as another type is told from names") {
  for (const char* text : {"true", "False", "404", "-1.5", "1e3", ".5", "0x1F", ".nan", "-.inf"}) {
    CAPTURE(text);
    CHECK(reads_as_other_type(text));
  }
  for (const char* text :
       {"", "5xx", "in_kbps", "yes", "no", "nan", "infinity", "1.2.3.4", "0x", "12:30", "1_000"}) {
    CAPTURE(text);
    CHECK_FALSE(reads_as_other_type(text));
  }
}

TEST_CASE("bytes that are not UTF-8 text are found where they are") {
  CHECK_FALSE(first_bad_byte("a\tb\r\n \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  for (const char* bad : {"\xff", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF0\x80\x80\x80", "\xC3", "\xE2\x82", "\x04", "\x7F"}) {
    CHECK(first_bad_byte("ab" + std::string(bad)) == 2);
  }
}

TEST_CASE("long text is cut between characters") {
  const std::string text = std::string(59, 'x') + "\xC3\xA4\xC3\xA4";
  CHECK(shown(text) == std::string(59, 'x') + "...");
}

}  // namespace faultprint::config
