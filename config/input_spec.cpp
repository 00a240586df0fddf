#include "config/input_spec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "config/limits.h"
#include "config/spec_reader.h"

namespace faultprint::config {

const std::vector<std::string> kKindNames{"gauge", "counter", "delta", "ratio",
                                          "flag",  "state",   "text"};
const std::vector<std::string> kScaleNames{"linear", "log"};
const std::vector<std::string> kSplitNames{"characters", "words"};
const std::vector<std::string> kProfileNames{"none", "daily", "weekly"};

namespace {

using Json = nlohmann::json;
using Reader = SpecReader;

Json kpi_json(const KpiSpec& kpi) {
  Json result{{"name", kpi.name}, {"kind", name(kpi.kind)}};
  if (kpi.is_token()) {
    result["buckets"] = kpi.buckets;
  } else {
    result["scale"] = name(kpi.scale);
  }
  if (kpi.kind == KpiKind::text) {
    result["tokens"] = name(kpi.tokens);
    result["length"] = kpi.length;
  }
  if (kpi.kind == KpiKind::ratio) {
    result["numerator"] = kpi.numerator;
    result["denominator"] = kpi.denominator;
    result["min_attempts"] = kpi.min_attempts;
  }
  // Where nothing is said of them, files are as they were before there were such rules.
  if (kpi.cumulative) result["cumulative"] = true;
  if (!kpi.from.empty()) result["from"] = kpi.from;
  if (kpi.factor != 1) result["factor"] = kpi.factor;
  if (!kpi.unit.empty()) result["unit"] = kpi.unit;
  return result;
}

// Members that a KPI may have, of those it may have by its kind.
void read_optional(const Reader& reader, std::set<std::string>& members, KpiSpec& kpi) {
  const auto has = [&](const char* member) {
    const bool there = reader.has(member);
    if (there) members.insert(member);
    return there;
  };
  if (kpi.kind != KpiKind::ratio && has("from")) {
    for (const Reader& item : reader.at("from").list(kMaxKpis)) kpi.from.push_back(item.name());
    if (kpi.from.empty() || (kpi.is_token() && kpi.from.size() > 1))
      reader.at("from").reject("has a wrong number of fields");
  }
  if (kpi.is_token()) return;
  if (kpi.kind == KpiKind::ratio && has("cumulative"))
    kpi.cumulative = reader.at("cumulative").boolean();
  if (has("factor")) kpi.factor = reader.at("factor").number(0, kMaxFactor);
  if (kpi.factor == 0) reader.at("factor").reject("must be above 0");
  if (has("unit")) kpi.unit = reader.at("unit").name();
}

KpiSpec read_tokens(const Reader& reader, KpiSpec kpi) {
  const bool text = kpi.kind == KpiKind::text;
  std::set<std::string> members{"name", "kind", "buckets"};
  if (text) members.insert({"tokens", "length"});
  read_optional(reader, members, kpi);
  reader.expect_members(members);
  kpi.name = reader.at("name").name();
  kpi.buckets = static_cast<int>(reader.at("buckets").integer(kMinBuckets, kMaxBuckets));
  if (!text) return kpi;
  kpi.tokens = static_cast<TokenSplit>(reader.at("tokens").choice(kSplitNames));
  kpi.length = static_cast<int>(reader.at("length").integer(1, kMaxTextLength));
  return kpi;
}

KpiSpec read_kpi(const Reader& reader) {
  KpiSpec kpi;
  kpi.kind = static_cast<KpiKind>(reader.at("kind").choice(kKindNames));
  if (kpi.is_token()) return read_tokens(reader, std::move(kpi));
  const bool ratio = kpi.kind == KpiKind::ratio;
  std::set<std::string> members{"name", "kind", "scale"};
  if (ratio) members.insert({"numerator", "denominator", "min_attempts"});
  read_optional(reader, members, kpi);
  reader.expect_members(members);
  kpi.name = reader.at("name").name();
  kpi.scale = static_cast<KpiScale>(reader.at("scale").choice(kScaleNames));
  if (kpi.kind == KpiKind::flag && kpi.scale == KpiScale::log) {
    reader.at("scale").reject("log is not allowed for a flag");
  }
  if (!ratio) return kpi;
  kpi.numerator = reader.at("numerator").name();
  kpi.denominator = reader.at("denominator").name();
  kpi.min_attempts = reader.at("min_attempts").number(0, kMaxAttempts);
  if (kpi.min_attempts == 0) reader.at("min_attempts").reject("must be above 0");
  return kpi;
}

std::vector<KpiSpec> read_kpis(const Reader& reader) {
  std::vector<KpiSpec> kpis;
  std::set<std::string> names;
  std::set<std::string> fields;  // of numbers, and tokens' own
  std::size_t columns = 0;
  for (const Reader& item : reader.list(kMaxKpis)) {
    KpiSpec kpi = read_kpi(item);
    if (!names.insert(kpi.name).second) item.at("name").reject("must be unique");
    if (!kpis.empty() && kpis.back().is_token() && !kpi.is_token()) {
      item.at("kind").reject("must not come behind a state or text");
    }
    for (const std::string& field : kpi.fields())
      if (!fields.insert(field).second && kpi.is_token())
        item.at("name").reject("has a field that another KPI has");
    columns += static_cast<std::size_t>(kpi.length);
    kpis.push_back(std::move(kpi));
  }
  if (kpis.empty()) reader.reject("must not be empty");
  if (columns > kMaxKpis)
    reader.reject("must have at most " + std::to_string(kMaxKpis) + " columns");
  return kpis;
}

BaselineSpec read_baseline(const Reader& reader) {
  std::set<std::string> members{"none", "fast", "slow", "start"};
  if (reader.has("profile")) members.insert("profile");
  reader.expect_members(members);
  BaselineSpec baseline;
  baseline.none = reader.at("none").boolean();
  baseline.fast = reader.at("fast").number(1, kMaxTau);
  baseline.slow = reader.at("slow").number(1, kMaxTau);
  baseline.start = static_cast<int>(reader.at("start").integer(1, kMaxStart));
  if (reader.has("profile"))
    baseline.profile = static_cast<DayProfile>(reader.at("profile").choice(kProfileNames));
  if (baseline.none && baseline.profile != DayProfile::none)
    reader.at("profile").reject("must be none where nothing is learned");
  return baseline;
}

std::vector<double> read_knots(const Reader& reader, std::size_t knots, double least, double most) {
  std::vector<double> values;
  for (const Reader& item : reader.list(knots)) values.push_back(item.number(least, most));
  if (values.size() != knots)
    reader.reject("must have " + std::to_string(knots) + " entries, not " +
                  std::to_string(values.size()));
  return values;
}

// One KPI's part of the network's usual day; not every KPI has one.
void read_profile(const Reader& reader, std::size_t knots, NetworkKpi& kpi) {
  constexpr double kMostFloat = std::numeric_limits<float>::max();
  kpi.amplitude = reader.at("amplitude").number(-kMostFloat, kMostFloat);
  kpi.shape = read_knots(reader.at("shape"), knots, -kMaxShape, kMaxShape);
  kpi.visits = read_knots(reader.at("visits"), knots, 0, kMostFloat);
}

std::vector<NetworkKpi> read_network(const Reader& reader, std::size_t kpis, std::size_t knots) {
  constexpr double kMost = std::numeric_limits<double>::max();
  std::vector<NetworkKpi> network;
  for (const Reader& item : reader.list(kMaxKpis)) {
    const bool has_profile = knots > 0 && item.has("shape");
    item.expect_members(
        has_profile ? std::set<std::string>{"mean", "deviation", "amplitude", "shape", "visits"}
                    : std::set<std::string>{"mean", "deviation"});
    network.push_back(
        {item.at("mean").number(-kMost, kMost), item.at("deviation").number(0, kMost)});
    if (has_profile) read_profile(item, knots, network.back());
  }
  if (!network.empty() && network.size() != kpis) {
    reader.reject("must have one entry per KPI, " + std::to_string(kpis) + ", or none, not " +
                  std::to_string(network.size()));
  }
  return network;
}

std::vector<std::vector<int>> read_usual(const Reader& reader, const std::vector<KpiSpec>& kpis) {
  std::vector<std::vector<int>> usual;
  for (const Reader& item : reader.list(kpis.size())) {
    const int buckets = kpis[usual.size()].buckets;
    std::vector<int>& tokens = usual.emplace_back();
    for (const Reader& token : item.list(static_cast<std::size_t>(buckets))) {
      tokens.push_back(static_cast<int>(token.integer(1, buckets - 1)));
      if (tokens.size() > 1 && tokens.back() <= tokens[tokens.size() - 2]) {
        item.reject("must be ascending");
      }
    }
  }
  if (!usual.empty() && usual.size() != kpis.size()) {
    reader.reject("must have one entry per state and text, " + std::to_string(kpis.size()) +
                  ", or none");
  }
  return usual;
}

}  // namespace

const char* name(KpiKind kind) { return kKindNames.at(static_cast<std::size_t>(kind)).c_str(); }

const char* name(KpiScale scale) { return kScaleNames.at(static_cast<std::size_t>(scale)).c_str(); }

const char* name(DayProfile profile) {
  return kProfileNames.at(static_cast<std::size_t>(profile)).c_str();
}

const char* name(TokenSplit split) {
  return kSplitNames.at(static_cast<std::size_t>(split)).c_str();
}

std::vector<std::string> KpiSpec::fields() const {
  if (kind == KpiKind::ratio) return {numerator, denominator};
  return from.empty() ? std::vector<std::string>{name} : from;
}

std::size_t InputSpec::numbers() const {
  return static_cast<std::size_t>(
      std::count_if(kpis.begin(), kpis.end(), [](const KpiSpec& kpi) { return !kpi.is_token(); }));
}

std::size_t InputSpec::columns() const {
  std::size_t columns = 0;
  for (const KpiSpec& kpi : kpis) columns += static_cast<std::size_t>(kpi.length);
  return columns;
}

std::vector<KpiSpec> InputSpec::token_kpis() const {
  return {kpis.begin() + static_cast<std::ptrdiff_t>(numbers()), kpis.end()};
}

std::vector<std::string> InputSpec::fields() const {
  std::vector<std::string> fields;
  std::set<std::string> seen;
  const auto add = [&](const std::string& field) {
    if (seen.insert(field).second) fields.push_back(field);
  };
  for (const KpiSpec& kpi : kpis) {
    for (const std::string& field : kpi.fields()) add(field);
  }
  return fields;
}

std::string to_json(const InputSpec& spec) {
  Json result{{"period_us", spec.period.count()},
              {"window", spec.window},
              {"max_gap", spec.max_gap},
              {"kpis", Json::array()},
              {"network", Json::array()},
              {"baseline",
               {{"none", spec.baseline.none},
                {"fast", spec.baseline.fast},
                {"slow", spec.baseline.slow},
                {"start", spec.baseline.start}}}};
  // Where there is none, files are as they were before there was one.
  if (spec.baseline.profile != DayProfile::none)
    result["baseline"]["profile"] = name(spec.baseline.profile);
  for (const KpiSpec& kpi : spec.kpis) result["kpis"].push_back(kpi_json(kpi));
  for (const NetworkKpi& kpi : spec.network) {
    if (!std::isfinite(kpi.mean) || !std::isfinite(kpi.deviation)) {
      fail_in_spec("network", "holds a figure that is not finite");  // JSON has no word for it
    }
    Json entry{{"mean", kpi.mean}, {"deviation", kpi.deviation}};
    if (!kpi.shape.empty()) {
      entry["amplitude"] = kpi.amplitude;
      entry["shape"] = kpi.shape;
      entry["visits"] = kpi.visits;
    }
    result["network"].push_back(entry);
  }
  if (spec.numbers() < spec.kpis.size()) result["usual"] = spec.usual;
  try {
    return result.dump();
  } catch (const Json::exception&) {
    fail_in_spec("kpis", "a name is not UTF-8 text");
  }
}

InputSpec input_spec_from_json(const std::string& text) {
  const Json document = parse_spec(text);
  if (!document.is_object()) fail_in_spec("json", "must be an object");
  const Reader reader(document, "");
  std::set<std::string> members{"period_us", "window", "max_gap", "kpis", "baseline", "network"};
  if (document.contains("usual")) members.insert("usual");  // only where there are tokens
  reader.expect_members(members);
  InputSpec spec;
  spec.period =
      Microseconds(reader.at("period_us").integer(kMinPeriod.count(), kMaxPeriod.count()));
  spec.window = static_cast<int>(reader.at("window").integer(kMinWindow, kMaxWindow));
  spec.max_gap = static_cast<int>(reader.at("max_gap").integer(0, kMaxGap));
  spec.kpis = read_kpis(reader.at("kpis"));
  spec.baseline = read_baseline(reader.at("baseline"));
  spec.network =
      read_network(reader.at("network"), spec.numbers(), profile_knots(spec.baseline.profile));
  if (document.contains("usual")) spec.usual = read_usual(reader.at("usual"), spec.token_kpis());
  return spec;
}

}  // namespace faultprint::config
