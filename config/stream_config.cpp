#include "config/stream_config.h"

#include <cmath>

#include "config/format_config.h"
#include "config/kpi_config.h"
#include "config/limits.h"
#include "config/name_glob.h"
#include "config/reading.h"
#include "config/scalar.h"
#include "config/time_zone.h"

namespace faultprint::config {

namespace {

constexpr Microseconds kLongest = 3650 * kDay;
constexpr int kMaxStaleAfter = 1000000;  // slots

// Slots as a plain number, or as a duration of at least one period.
double read_slots(const YamlNode& node, Microseconds period, double max) {
  const auto written = node.plain();
  auto slots = written ? parse_decimal(*written) : std::nullopt;
  if (const auto duration = written ? parse_duration(*written) : std::nullopt) {
    slots = static_cast<double>(duration->count()) / static_cast<double>(period.count());
  }
  if (!slots || *slots < 1 || *slots > max) {
    node.reject("a number of slots from 1 to " + format_decimal(max) +
                ", or a duration of as many periods of " + format_duration(period));
  }
  return *slots;
}

// A duration that ends within a slot needs the whole slot; a number must be whole.
int read_whole_slots(const YamlNode& node, Microseconds period, int max) {
  const double slots = read_slots(node, period, max);
  const auto written = node.plain();
  if (written && parse_decimal(*written) && !parse_integer(*written)) {
    node.reject("a whole number of slots, or a duration");
  }
  return static_cast<int>(std::ceil(slots));
}

BaselineSpec read_baseline(const YamlNode& node, Microseconds period) {
  BaselineSpec baseline;
  if (!node.is_map()) {
    if (node.plain() != "none") node.reject("none, or a mapping of fast, slow, start and profile");
    baseline.none = true;
    return baseline;
  }
  const YamlMap map(node, {"fast", "slow", "start", "profile"});
  const auto fast = map.find("fast");
  const auto slow = map.find("slow");
  if (fast) baseline.fast = read_slots(*fast, period, kMaxTau);
  if (slow) baseline.slow = read_slots(*slow, period, kMaxTau);
  if (fast && slow && baseline.slow < baseline.fast)
    slow->fail("must not be shorter than fast, " + format_decimal(baseline.fast) + " slots, as " +
               format_decimal(baseline.slow) + " slots are");
  if (auto value = map.find("start")) baseline.start = read_whole_slots(*value, period, kMaxStart);
  if (auto value = map.find("profile")) {
    baseline.profile = static_cast<DayProfile>(value->choice(kProfileNames));
    if (baseline.profile != DayProfile::none && period > kMaxProfilePeriod)
      value->fail("needs a stream.period of at most " + format_duration(kMaxProfilePeriod) +
                  ", not " + format_duration(period));
  }
  return baseline;
}

void read_times(const YamlNode& node, const YamlMap& map, StreamConfig& stream) {
  if (auto value = map.find("max_future")) {
    stream.max_future = value->duration(Microseconds(0), kLongest);
  }
  const auto forget_after = map.find("forget_after");
  if (forget_after) stream.forget_after = forget_after->duration(kMinPeriod, kLongest);
  const Microseconds window = stream.window * stream.period;
  if (stream.forget_after < window) {
    const std::string what = "must be at least the window, " + format_duration(window) + ", not " +
                             format_duration(stream.forget_after);
    if (forget_after) forget_after->fail(what);
    node.fail_at_key("forget_after", what + ", its default");
  }
  stream.lateness = 2 * stream.period;
  if (auto value = map.find("lateness")) {
    stream.lateness = value->duration(Microseconds(0), kLongest);
    if (stream.lateness > stream.forget_after) {
      value->fail("must be at most forget_after, " + format_duration(stream.forget_after) +
                  ", not " + format_duration(stream.lateness));
    }
  }
  stream.warm_up = 2 * (stream.baseline.start + stream.window) * stream.period;
  if (auto value = map.find("warm_up")) {
    stream.warm_up = value->duration(Microseconds(0), kLongest);
  }
}

// Where the file has the field.
YamlNode node_of(const YamlNode& kpi, const std::string& field) {
  YamlNode found = kpi;
  for (const auto& [key, value] : kpi.entries()) {
    if (key == "from") return value;
    if ((key == "name" || key == "numerator" || key == "denominator") && value.text() == field)
      found = value;
  }
  return found;
}

// A pattern adds up what one record has; with one value a record that would be the last one alone.
void refuse_patterns(const YamlNode& kpis, const std::vector<KpiSpec>& specs) {
  const std::vector<YamlNode> items = kpis.list();
  for (std::size_t i = 0; i < specs.size(); ++i)
    for (const std::string& field : specs[i].fields())
      if (is_glob(field))
        node_of(items[i], field)
            .fail("must list the fields where format is json_value, not have " + shown(field) +
                  ": a pattern adds up within a record");
}

}  // namespace

StreamConfig read_stream(const YamlNode& node) {
  const YamlMap map(node, {"period", "window", "lateness", "kpis", "baseline", "max_gap",
                           "max_future", "stale_after", "forget_after", "warm_up", "max_elements",
                           "max_record_bytes", "format", "json", "record", "stamp", "timezone"});
  StreamConfig stream;
  stream.period =
      map.require("period", "the reporting period, as 5s or 15m").duration(kMinPeriod, kMaxPeriod);
  stream.window = map.require("window", "the number of periods in a window, from 2 to 10000")
                      .integer(kMinWindow, kMaxWindow);
  stream.kpis = read_kpis(map.require("kpis", "the list of KPIs, each {name: ..., kind: ...}"));
  if (auto value = map.find("baseline")) {
    stream.baseline = read_baseline(*value, stream.period);
  }
  if (auto value = map.find("stamp"))
    stream.stamp_end = read_word(*value, {"start", "end"}) == "end";
  if (auto value = map.find("timezone")) {
    stream.timezone = value->text();
    if (!stream.timezone.empty() && !find_zone(stream.timezone))
      value->reject(
          "UTC, hours and minutes east of it as +02:00, or a zone of /usr/share/zoneinfo as "
          "Europe/Berlin");
  }
  if (auto value = map.find("max_gap")) stream.max_gap = value->integer(0, kMaxGap);
  if (auto value = map.find("stale_after")) {
    stream.stale_after = read_whole_slots(*value, stream.period, kMaxStaleAfter);
  }
  if (auto value = map.find("max_elements")) stream.max_elements = value->integer(1, 10000000);
  if (auto value = map.find("max_record_bytes")) {
    stream.max_record_bytes = value->integer(1, 100000000);
  }
  read_format(map, stream);
  if (stream.format == "json_value") refuse_patterns(map.require("kpis", ""), stream.kpis);
  read_times(node, map, stream);
  return stream;
}

}  // namespace faultprint::config
