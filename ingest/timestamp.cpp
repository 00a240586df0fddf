#include "ingest/timestamp.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace faultprint::ingest {

namespace {

constexpr std::int64_t kSecond = 1000000;  // microseconds
constexpr std::int64_t kDay = 86400;       // seconds

struct CivilDate {
  std::int64_t year = 0;
  int month = 0;
  int day = 0;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back; years count from March so
// that the leap day comes last (H. Hinnant, chrono-compatible low-level date algorithms).
std::int64_t days_from_civil(const CivilDate& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const int month = date.month > 2 ? date.month - 3 : date.month + 9;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

int days_in_month(std::int64_t year, int month) {
  constexpr int kDays[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month];
}

// Reads fixed-width fields from the front of a text; once something does not fit, nothing does.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && text_.empty(); }

  int digits(std::size_t count, int least, int most) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= text_.size() || !is_digit(text_[i])) return fail();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value >= least && value <= most ? value : fail();
  }

  // The character read, one of `allowed`.
  char one_of(std::string_view allowed) {
    if (text_.empty() || allowed.find(text_.front()) == std::string_view::npos) {
      fail();
      return 0;
    }
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

  // Microseconds of an optional ".digits"; what is finer is cut off.
  std::int64_t fraction() {
    if (text_.empty() || text_.front() != '.') return 0;
    text_.remove_prefix(1);
    std::int64_t value = 0;
    std::int64_t unit = kSecond / 10;
    std::size_t count = 0;
    for (; count < text_.size() && is_digit(text_[count]); ++count, unit /= 10) {
      value += unit * (text_[count] - '0');
    }
    text_.remove_prefix(count);
    return count > 0 ? value : fail();
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  int fail() {
    ok_ = false;
    text_ = {};
    return 0;
  }

  std::string_view text_;
  bool ok_ = true;
};

std::optional<std::int64_t> in_range(std::int64_t time_us) {
  if (time_us < 0 || time_us >= kMaxTimeUs) return std::nullopt;
  return time_us;
}

int read_offset_s(Reader& reader, const Zone& zone, std::int64_t local_s) {
  if (zone && reader.at_end()) return zone->offset_s(local_s);
  const char sign = reader.one_of("Zz+-");
  if (!reader.ok() || sign == 'Z' || sign == 'z') return 0;
  const int hours = reader.digits(2, 0, 23);
  reader.one_of(":");
  const int minutes = reader.digits(2, 0, 59);
  return (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

config::TimeUnit unit_of(double value, config::TimeUnit unit) {
  if (unit != config::TimeUnit::automatic) return unit;
  if (value < 1e11) return config::TimeUnit::seconds;
  if (value < 1e14) return config::TimeUnit::milliseconds;
  return value < 1e17 ? config::TimeUnit::microseconds : config::TimeUnit::nanoseconds;
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text, const Zone& zone) {
  Reader reader(text);
  CivilDate date;
  date.year = reader.digits(4, 0, 9999);
  reader.one_of("-");
  date.month = reader.digits(2, 1, 12);
  reader.one_of("-");
  date.day = reader.digits(2, 1, 31);
  reader.one_of("Tt ");
  int seconds = reader.digits(2, 0, 23) * 3600;
  reader.one_of(":");
  seconds += reader.digits(2, 0, 59) * 60;
  reader.one_of(":");
  seconds += reader.digits(2, 0, 60);  // a leap second counts as the second after it
  const std::int64_t fraction_us = reader.fraction();
  const std::int64_t local_s = days_from_civil(date) * kDay + seconds;
  const int offset_s = read_offset_s(reader, zone, local_s);
  if (!reader.at_end() || date.day > days_in_month(date.year, date.month)) return std::nullopt;
  return in_range((local_s - offset_s) * kSecond + fraction_us);
}

std::optional<std::int64_t> time_from_number(double value, config::TimeUnit unit) {
  if (!(value >= 0)) return std::nullopt;  // NaN too
  double us = 0;
  switch (unit_of(value, unit)) {
    case config::TimeUnit::seconds:
      us = value * 1e6;
      break;
    case config::TimeUnit::milliseconds:
      us = value * 1e3;
      break;
    case config::TimeUnit::microseconds:
      us = value;
      break;
    case config::TimeUnit::nanoseconds:
      us = value / 1e3;
      break;
    default:
      return std::nullopt;
  }
  if (us >= static_cast<double>(kMaxTimeUs)) return std::nullopt;
  return in_range(std::llround(us));
}

std::optional<std::int64_t> time_from_integer(std::int64_t value, config::TimeUnit unit) {
  if (value < 0) return std::nullopt;
  std::int64_t factor = 1;
  switch (unit_of(static_cast<double>(value), unit)) {
    case config::TimeUnit::seconds:
      factor = kSecond;
      break;
    case config::TimeUnit::milliseconds:
      factor = 1000;
      break;
    case config::TimeUnit::microseconds:
      break;
    case config::TimeUnit::nanoseconds:
      return in_range(value / 1000);
    default:
      return std::nullopt;
  }
  if (value >= kMaxTimeUs / factor) return std::nullopt;
  return value * factor;
}

std::optional<std::int64_t> time_from_text(std::string_view digits, config::TimeUnit unit) {
  const char* const end = digits.data() + digits.size();
  std::int64_t integer = 0;
  const auto as_integer = std::from_chars(digits.data(), end, integer);
  if (as_integer.ec == std::errc() && as_integer.ptr == end) {
    return time_from_integer(integer, unit);
  }
  double number = 0;
  const auto as_number = std::from_chars(digits.data(), end, number);
  if (as_number.ec != std::errc() || as_number.ptr != end) return std::nullopt;
  return time_from_number(number, unit);
}

std::optional<std::int64_t> parse_time(std::string_view text, const Zone& zone) {
  const auto number = time_from_text(text, config::TimeUnit::automatic);
  return number ? number : parse_rfc3339(text, zone);
}

std::optional<std::int64_t> parse_time(std::string_view text, config::TimeUnit unit,
                                       const Zone& zone) {
  if (unit == config::TimeUnit::automatic) return parse_time(text, zone);
  return unit == config::TimeUnit::rfc3339 ? parse_rfc3339(text, zone) : time_from_text(text, unit);
}

std::string format_rfc3339(std::int64_t time_us) {
  std::int64_t seconds = time_us / kSecond;
  std::int64_t us = time_us % kSecond;
  if (us < 0) {
    us += kSecond;
    --seconds;
  }
  std::int64_t days = seconds / kDay;
  std::int64_t second = seconds % kDay;
  if (second < 0) {
    second += kDay;
    --days;
  }
  const CivilDate date = civil_from_days(days);
  char text[64];
  int length = std::snprintf(text, sizeof text, "%04lld-%02d-%02dT%02d:%02d:%02d",
                             static_cast<long long>(date.year), date.month, date.day,
                             static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                             static_cast<int>(second % 60));
  std::string result(text, static_cast<std::size_t>(length));
  if (us == 0) return result + "Z";
  length = us % 1000 == 0 ? std::snprintf(text, sizeof text, ".%03dZ", static_cast<int>(us / 1000))
                          : std::snprintf(text, sizeof text, ".%06dZ", static_cast<int>(us));
  return result.append(text, static_cast<std::size_t>(length));
}

}  // namespace faultprint::ingest
