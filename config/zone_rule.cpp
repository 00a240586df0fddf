#include "config/zone_rule.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace faultprint::config {
namespace {

constexpr int kHour = 3600;

// Reads from the front of a text; once something does not fit, nothing does.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && text_.empty(); }
  bool next_is(char c) const { return ok_ && !text_.empty() && text_.front() == c; }

  bool skip(char c) {
    if (!next_is(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void require(char c) { ok_ = skip(c); }

  // At least three letters, or <anything but signs of more than and less than>.
  void name() {
    const bool quoted = skip('<');
    std::size_t size = 0;
    while (size < text_.size() && (quoted ? text_[size] != '>' : is_letter(text_[size]))) ++size;
    if (size < 3) ok_ = false;
    text_.remove_prefix(size);
    if (quoted) require('>');
  }

  int number(int least, int most) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < text_.size() && digits < 3 && text_[digits] >= '0' && text_[digits] <= '9')
      value = 10 * value + (text_[digits++] - '0');
    text_.remove_prefix(digits);
    if (digits == 0 || value < least || value > most) ok_ = false;
    return value;
  }

  // [+-]hh[:mm[:ss]], in seconds.
  int time_s() {
    const bool negative = skip('-');
    if (!negative) skip('+');
    int seconds = number(0, 167) * kHour;
    if (skip(':')) seconds += number(0, 59) * 60;
    if (skip(':')) seconds += number(0, 59);
    return negative ? -seconds : seconds;
  }

  ZoneRule::Day day() {
    ZoneRule::Day day;
    require(',');
    if (skip('J')) {
      day.kind = ZoneRule::Day::Kind::julian;
      day.day = number(1, 365);
    } else if (skip('M')) {
      day.month = number(1, 12);
      require('.');
      day.week = number(1, 5);
      require('.');
      day.day = number(0, 6);
    } else {
      day.kind = ZoneRule::Day::Kind::of_year;
      day.day = number(0, 365);
    }
    if (skip('/')) day.time_s = time_s();
    return day;
  }

 private:
  static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

  std::string_view text_;
  bool ok_ = true;
};

// Seconds since 1970, by the clocks of the zone.
std::int64_t local_s(const ZoneRule::Day& day, int year) {
  using namespace std::chrono;
  const std::chrono::year of{year};
  sys_days date = of / January / 1;
  if (day.kind == ZoneRule::Day::Kind::of_year) {
    date += days{day.day};
  } else if (day.kind == ZoneRule::Day::Kind::julian) {
    date += days{day.day - 1 + (of.is_leap() && day.day >= 60 ? 1 : 0)};
  } else {
    const std::chrono::month month{static_cast<unsigned>(day.month)};
    const weekday name{static_cast<unsigned>(day.day)};
    date = day.week == 5 ? sys_days(of / month / name[last])
                         : sys_days(of / month / name[static_cast<unsigned>(day.week)]);
  }
  return std::int64_t{86400} * date.time_since_epoch().count() + day.time_s;
}

}  // namespace

std::array<ZoneRule::Change, 2> ZoneRule::changes_of(int year) const {
  std::array<Change, 2> both{{{local_s(begins, year) - standard_s, summer_s},
                              {local_s(ends, year) - summer_s, standard_s}}};
  if (both[1].utc_s < both[0].utc_s) std::swap(both[0], both[1]);  // in the south
  return both;
}

std::optional<ZoneRule> parse_zone_rule(std::string_view text) {
  RuleReader reader(text);
  ZoneRule rule;
  reader.name();
  rule.standard_s = -reader.time_s();  // they count west
  if (reader.at_end()) return rule;
  rule.changes = true;
  reader.name();
  rule.summer_s = reader.next_is(',') ? rule.standard_s + kHour : -reader.time_s();
  rule.begins = reader.day();
  rule.ends = reader.day();
  return reader.at_end() ? std::optional(rule) : std::nullopt;
}

}  // namespace faultprint::config
