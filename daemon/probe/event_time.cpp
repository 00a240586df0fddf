#include "daemon/probe/event_time.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "daemon/probe/name_hints.h"
#include "daemon/probe/words.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon::probe {

namespace {

using config::TimeUnit;
using ingest::ObservedValue;

constexpr std::int64_t kSecondUs = 1000000;
constexpr std::int64_t kDayUs = 86400 * kSecondUs;
// A number within these may be a time of a network that runs; others are more often something else.
constexpr std::int64_t kEarliest = 946684800 * kSecondUs;  // 2000
constexpr std::int64_t kNewest = 4102444800 * kSecondUs;   // 2100
constexpr double kMostThings = 0.9;  // what is a time is there, and is one, in nearly all

struct TimeCandidate {
  std::size_t there = 0;
  std::size_t plausible = 0;
  std::size_t without_offset = 0;  // a date and time that does not say of which zone
  std::size_t falls = 0;           // from one record to the next
  std::size_t near_record = 0;     // within a day of the record's own timestamp
  std::size_t stamped = 0;         // records that have one
  std::int64_t last = 0;
  std::int64_t lowest = kNewest;
  std::int64_t highest = 0;
  std::map<TimeUnit, std::size_t> units;
};

TimeUnit unit_by_size(double value) {
  const double size = std::abs(value);
  if (size < 1e11) return TimeUnit::seconds;
  if (size < 1e14) return TimeUnit::milliseconds;
  return size < 1e17 ? TimeUnit::microseconds : TimeUnit::nanoseconds;
}

bool lacks_offset(const std::string& text) {
  return text.size() >= 19 && ingest::parse_rfc3339(text + "Z").has_value();
}

void look_at(TimeCandidate& candidate, const ObservedValue& value, std::int64_t stamp) {
  ++candidate.there;
  const bool text = value.kind == ObservedValue::Kind::text;
  if (value.kind == ObservedValue::Kind::boolean) return;
  if (text && lacks_offset(value.text)) ++candidate.without_offset;
  const auto time = time_of(value, TimeUnit::automatic);
  if (!time || *time < kEarliest || *time > kNewest) return;
  ++candidate.plausible;
  double number = value.number;
  const bool digits = text && !ingest::parse_rfc3339(value.text);
  if (digits) number = std::strtod(value.text.c_str(), nullptr);
  ++candidate.units[text && !digits ? TimeUnit::rfc3339 : unit_by_size(number)];
  if (*time < candidate.last) ++candidate.falls;
  candidate.last = *time;
  candidate.lowest = std::min(candidate.lowest, *time);
  candidate.highest = std::max(candidate.highest, *time);
  if (stamp > 0) ++candidate.stamped;
  if (stamp > 0 && std::abs(*time - stamp) < kDayUs) ++candidate.near_record;
}

// How good a time it makes; 0: none.
int score_of(const std::string& name, const TimeCandidate& c, std::size_t things) {
  const auto share = [](std::size_t part, std::size_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  if (share(c.plausible, things) < kMostThings) return 0;
  const int hint = sounds_like_time(name);
  int score = 2 * hint;
  if (c.units.contains(TimeUnit::rfc3339)) score += 2;
  if (share(c.near_record, c.stamped) > kMostThings) score += 2;
  if (c.highest > c.lowest && share(c.falls, c.plausible) < 0.5) score += 1;
  return hint == 0 && score < 3 ? 0 : score;
}

TimeUnit commonest(const std::map<TimeUnit, std::size_t>& units) {
  return std::max_element(units.begin(), units.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

const char* words_for(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::seconds:
      return "seconds";
    case TimeUnit::milliseconds:
      return "milliseconds";
    case TimeUnit::microseconds:
      return "microseconds";
    case TimeUnit::nanoseconds:
      return "nanoseconds";
    default:
      return "RFC 3339";
  }
}

}  // namespace

const ObservedValue* find_value(const Thing& thing, const std::string& name) {
  for (const ObservedValue& value : thing.said.values)
    if (value.name == name) return &value;
  return nullptr;
}

std::optional<std::int64_t> time_of(const ObservedValue& value, TimeUnit unit) {
  if (!value.text.empty()) return ingest::parse_time(value.text, unit);
  if (value.kind != ObservedValue::Kind::number) return std::nullopt;
  if (std::abs(value.number) < 9e18 && value.number == std::floor(value.number))
    return ingest::time_from_integer(static_cast<std::int64_t>(value.number), unit);
  return ingest::time_from_number(value.number, unit);
}

TimeChoice choose_time(const Things& things, const Records& records) {
  std::map<std::string, TimeCandidate> candidates;
  for (const Thing& thing : things)
    for (const ObservedValue& value : thing.said.values) {
      if (!candidates.contains(value.name) && !can_be_named(value.name)) continue;
      look_at(candidates[value.name], value, records[thing.record].time_us);
    }
  TimeChoice choice;
  int best = 0;
  for (const auto& [name, candidate] : candidates) {
    const int score = score_of(name, candidate, things.size());
    if (score == 0) continue;
    if (score > best && !choice.name.empty()) choice.similar.push_back(choice.name);
    if (score <= best) {
      choice.similar.push_back(name);
      continue;
    }
    best = score;
    choice.name = name;
    choice.unit = commonest(candidate.units);
  }
  if (!choice.name.empty()) {
    choice.why = words_for(choice.unit);
    return choice;
  }
  choice.why =
      "no field is an event time (a number of seconds, ms, us or ns since 1970, or RFC 3339)";
  for (const auto& [name, candidate] : candidates)
    if (candidate.without_offset > things.size() / 2)
      choice.why = shown(name) +
                   " is a time without an offset from UTC (as Z or +02:00): of which zone? "
                   "(stream.timezone)";
  return choice;
}

}  // namespace faultprint::daemon::probe
