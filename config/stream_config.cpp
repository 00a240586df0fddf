#include "config/stream_config.h"

#include <cmath>
#include <map>

#include "config/format_config.h"
#include "config/limits.h"
#include "config/scalar.h"

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
    if (node.plain() != "none") node.reject("none, or a mapping of fast, slow and start");
    baseline.none = true;
    return baseline;
  }
  const YamlMap map(node, {"fast", "slow", "start"});
  if (auto value = map.find("fast")) baseline.fast = read_slots(*value, period, kMaxTau);
  if (auto value = map.find("slow")) baseline.slow = read_slots(*value, period, kMaxTau);
  if (auto value = map.find("start")) baseline.start = read_whole_slots(*value, period, kMaxStart);
  return baseline;
}

void read_ratio(const YamlMap& map, KpiSpec& kpi) {
  kpi.numerator = map.require("numerator", "the field a ratio divides").name();
  kpi.denominator = map.require("denominator", "the field a ratio divides by").name();
  if (auto value = map.find("min_attempts")) {
    kpi.min_attempts = value->number_above(0, kMaxAttempts);
  }
}

void read_tokens(const YamlMap& map, KpiSpec& kpi) {
  if (auto value = map.find("scale")) {
    value->fail("is not allowed where kind is " + std::string(name(kpi.kind)) +
                ": tokens have no scale");
  }
  if (kpi.kind == KpiKind::text) {
    kpi.tokens = static_cast<TokenSplit>(
        map.require("tokens", "what a text is split into, characters or words")
            .choice(kSplitNames));
    kpi.length = map.require("length", "how many of its tokens are read, from 1 to 64")
                     .integer(1, kMaxTextLength);
  }
  kpi.buckets = default_buckets(kpi.tokens);
  if (auto value = map.find("buckets")) kpi.buckets = value->integer(kMinBuckets, kMaxBuckets);
}

// Fails for those keys that other kinds than `kpi`'s alone have.
void refuse(const YamlMap& map, const KpiSpec& kpi, const std::vector<const char*>& keys,
            const std::string& kinds) {
  for (const char* key : keys) {
    if (auto value = map.find(key)) {
      value->fail("is allowed only where kind is " + kinds + ", not " + name(kpi.kind));
    }
  }
}

using SeenNames = std::map<std::string, std::size_t>;

std::string read_new_name(const YamlNode& node, SeenNames& seen) {
  std::string name = node.name();
  const auto [first, is_new] = seen.emplace(name, seen.size());
  if (!is_new) {
    node.fail("must be unique, kpis[" + std::to_string(first->second) + "] is named " +
              shown(name) + " already");
  }
  return name;
}

KpiSpec read_kpi(const YamlNode& node, SeenNames& seen) {
  const YamlMap map(node, {"name", "kind", "scale", "numerator", "denominator", "min_attempts",
                           "tokens", "length", "buckets"});
  KpiSpec kpi;
  kpi.name = read_new_name(map.require("name", "the KPI's name in the records"), seen);
  if (auto value = map.find("kind")) kpi.kind = static_cast<KpiKind>(value->choice(kKindNames));
  if (kpi.kind != KpiKind::ratio) {
    refuse(map, kpi, {"numerator", "denominator", "min_attempts"}, "ratio");
  }
  if (kpi.kind != KpiKind::text) refuse(map, kpi, {"tokens", "length"}, "text");
  if (kpi.is_token()) {
    read_tokens(map, kpi);
    return kpi;
  }
  refuse(map, kpi, {"buckets"}, "state or text");
  if (auto value = map.find("scale")) {
    kpi.scale = static_cast<KpiScale>(value->choice(kScaleNames));
    if (kpi.scale == KpiScale::log && kpi.kind == KpiKind::flag) {
      value->fail("log is not allowed for a flag, only linear");
    }
  }
  if (kpi.kind == KpiKind::ratio) read_ratio(map, kpi);
  return kpi;
}

// One field is either a number or a token; and texts take many columns.
void check_tokens(const YamlNode& node, const std::vector<YamlNode>& items,
                  const std::vector<KpiSpec>& kpis) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < kpis.size(); ++i) {
    columns += static_cast<std::size_t>(kpis[i].length);
    if (!kpis[i].is_token()) continue;
    for (std::size_t r = 0; r < kpis.size(); ++r) {
      if (kpis[r].numerator != kpis[i].name && kpis[r].denominator != kpis[i].name) continue;
      items[i].fail_at_key("name", "is a number in kpis[" + std::to_string(r) + "], a ratio: a " +
                                       name(kpis[i].kind) + " must be a field of its own");
    }
  }
  if (columns > kMaxKpis) {
    node.fail("must have at most " + std::to_string(kMaxKpis) +
              " columns with those of its texts, not " + std::to_string(columns));
  }
}

std::vector<KpiSpec> read_kpis(const YamlNode& node) {
  const std::vector<YamlNode> items = node.list();
  if (items.empty() || items.size() > kMaxKpis) {
    node.fail("must be a list of 1 to " + std::to_string(kMaxKpis) + " KPIs, not of " +
              std::to_string(items.size()));
  }
  std::vector<KpiSpec> kpis;
  kpis.reserve(items.size());
  SeenNames seen;
  for (const YamlNode& item : items) kpis.push_back(read_kpi(item, seen));
  check_tokens(node, items, kpis);
  return kpis;
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

}  // namespace

StreamConfig read_stream(const YamlNode& node) {
  const YamlMap map(node, {"period", "window", "lateness", "kpis", "baseline", "max_gap",
                           "max_future", "stale_after", "forget_after", "warm_up", "max_elements",
                           "max_record_bytes", "format", "json", "record"});
  StreamConfig stream;
  stream.period =
      map.require("period", "the reporting period, as 5s or 15m").duration(kMinPeriod, kMaxPeriod);
  stream.window = map.require("window", "the number of periods in a window, from 2 to 10000")
                      .integer(kMinWindow, kMaxWindow);
  stream.kpis = read_kpis(map.require("kpis", "the list of KPIs, each {name: ..., kind: ...}"));
  if (auto value = map.find("baseline")) {
    stream.baseline = read_baseline(*value, stream.period);
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
  read_times(node, map, stream);
  return stream;
}

}  // namespace faultprint::config
