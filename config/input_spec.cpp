#include "config/input_spec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "config/config.h"
#include "config/limits.h"
#include "config/scalar.h"

namespace faultprint::config {

const std::vector<std::string> kKindNames{"gauge", "counter", "delta", "ratio", "flag"};
const std::vector<std::string> kScaleNames{"linear", "log"};

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJsonBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxJsonMembers = 16;  // of one object
constexpr int kMaxJsonDepth = 4;             // one more than there is

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw ConfigError("input spec: " + path + ": " + what);
}

// A JSON value with its path, read strictly.
class Reader {
 public:
  Reader(const Json& value, std::string path) : value_(value), path_(std::move(path)) {}

  // Fails unless the value is an object of just these members.
  void expect_members(const std::set<std::string>& names) const {
    if (!value_.is_object()) fail(path_, "must be an object");
    for (const auto& item : value_.items()) {
      if (!names.contains(item.key())) fail(below(item.key()), "unknown member");
    }
    for (const std::string& name : names) {
      if (!value_.contains(name)) fail(below(name), "is missing");
    }
  }
  Reader at(const std::string& key) const {
    if (!value_.is_object() || !value_.contains(key)) fail(below(key), "is missing");
    return {value_.at(key), below(key)};
  }
  std::vector<Reader> list(std::size_t most) const {
    if (!value_.is_array() || value_.size() > most) {
      fail(path_, "must be a list of at most " + std::to_string(most));
    }
    std::vector<Reader> items;
    for (const Json& item : value_) {
      items.emplace_back(item, path_ + "[" + std::to_string(items.size()) + "]");
    }
    return items;
  }
  std::int64_t integer(std::int64_t min, std::int64_t max) const {
    const bool fits = value_.is_number_integer() &&
                      (!value_.is_number_unsigned() || value_.get<std::uint64_t>() <= INT64_MAX);
    const std::int64_t number = fits ? value_.get<std::int64_t>() : 0;
    if (!fits || number < min || number > max) {
      fail(path_, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return number;
  }
  double number(double min, double max) const {
    const double number = value_.is_number() ? value_.get<double>() : NAN;
    if (!(number >= min && number <= max)) {
      fail(path_, "must be a finite number from " + Json(min).dump() + " to " + Json(max).dump());
    }
    return number;
  }
  bool boolean() const {
    if (!value_.is_boolean()) fail(path_, "must be true or false");
    return value_.get<bool>();
  }
  std::string name() const {
    std::string text = value_.is_string() ? value_.get<std::string>() : "";
    if (text.empty() || text.size() > kMaxNameBytes) {
      fail(path_, "must be text of 1 to " + std::to_string(kMaxNameBytes) + " bytes");
    }
    return text;
  }
  int choice(const std::vector<std::string>& names) const {
    const auto found = value_.is_string()
                           ? std::find(names.begin(), names.end(), value_.get<std::string>())
                           : names.end();
    if (found == names.end()) fail(path_, "must be one of " + Json(names).dump());
    return static_cast<int>(found - names.begin());
  }
  [[noreturn]] void reject(const std::string& what) const { fail(path_, what); }

 private:
  std::string below(const std::string& key) const {
    return path_.empty() ? shown(key) : path_ + "." + shown(key);
  }
  const Json& value_;
  std::string path_;
};

// nlohmann keeps the last of repeated members and follows any depth: both stop here.
class Guard {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= kMaxJsonDepth) fail("json", "is nested too deeply");
      members_.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      members_.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (members_.back().size() == kMaxJsonMembers) fail("json", "has too many members");
      if (!members_.back().insert(key).second) fail(shown(key), "is given twice");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> members_;
};

Json parse_json(const std::string& text) {
  if (text.size() > kMaxJsonBytes) fail("json", "is larger than 8 MiB");
  try {
    Guard guard;
    return Json::parse(text, [&guard](int depth, Json::parse_event_t event, Json& parsed) {
      return guard(depth, event, parsed);
    });
  } catch (const Json::exception& error) {
    fail("json", shown(error.what()));
  }
}

Json kpi_json(const KpiSpec& kpi) {
  Json result{{"name", kpi.name}, {"kind", name(kpi.kind)}, {"scale", name(kpi.scale)}};
  if (kpi.kind == KpiKind::ratio) {
    result["numerator"] = kpi.numerator;
    result["denominator"] = kpi.denominator;
    result["min_attempts"] = kpi.min_attempts;
  }
  return result;
}

KpiSpec read_kpi(const Reader& reader) {
  KpiSpec kpi;
  kpi.kind = static_cast<KpiKind>(reader.at("kind").choice(kKindNames));
  const bool ratio = kpi.kind == KpiKind::ratio;
  std::set<std::string> members{"name", "kind", "scale"};
  if (ratio) members.insert({"numerator", "denominator", "min_attempts"});
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
  for (const Reader& item : reader.list(kMaxKpis)) {
    kpis.push_back(read_kpi(item));
    if (!names.insert(kpis.back().name).second) item.at("name").reject("must be unique");
  }
  if (kpis.empty()) reader.reject("must not be empty");
  return kpis;
}

BaselineSpec read_baseline(const Reader& reader) {
  reader.expect_members({"none", "fast", "slow", "start"});
  BaselineSpec baseline;
  baseline.none = reader.at("none").boolean();
  baseline.fast = reader.at("fast").number(1, kMaxTau);
  baseline.slow = reader.at("slow").number(1, kMaxTau);
  baseline.start = static_cast<int>(reader.at("start").integer(1, kMaxStart));
  return baseline;
}

std::vector<NetworkKpi> read_network(const Reader& reader, std::size_t kpis) {
  constexpr double kMost = std::numeric_limits<double>::max();
  std::vector<NetworkKpi> network;
  for (const Reader& item : reader.list(kMaxKpis)) {
    item.expect_members({"mean", "deviation"});
    network.push_back(
        {item.at("mean").number(-kMost, kMost), item.at("deviation").number(0, kMost)});
  }
  if (!network.empty() && network.size() != kpis) {
    reader.reject("must have one entry per KPI, " + std::to_string(kpis) + ", or none, not " +
                  std::to_string(network.size()));
  }
  return network;
}

}  // namespace

const char* name(KpiKind kind) { return kKindNames.at(static_cast<std::size_t>(kind)).c_str(); }

const char* name(KpiScale scale) { return kScaleNames.at(static_cast<std::size_t>(scale)).c_str(); }

std::vector<std::string> InputSpec::fields() const {
  std::vector<std::string> fields;
  std::set<std::string> seen;
  const auto add = [&](const std::string& field) {
    if (seen.insert(field).second) fields.push_back(field);
  };
  for (const KpiSpec& kpi : kpis) {
    if (kpi.kind == KpiKind::ratio) {
      add(kpi.numerator);
      add(kpi.denominator);
    } else {
      add(kpi.name);
    }
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
  for (const KpiSpec& kpi : spec.kpis) result["kpis"].push_back(kpi_json(kpi));
  for (const NetworkKpi& kpi : spec.network) {
    if (!std::isfinite(kpi.mean) || !std::isfinite(kpi.deviation)) {
      fail("network", "holds a figure that is not finite");  // JSON has no word for it
    }
    result["network"].push_back({{"mean", kpi.mean}, {"deviation", kpi.deviation}});
  }
  try {
    return result.dump();
  } catch (const Json::exception&) {
    fail("kpis", "a name is not UTF-8 text");
  }
}

InputSpec input_spec_from_json(const std::string& text) {
  const Json document = parse_json(text);
  if (!document.is_object()) fail("json", "must be an object");
  const Reader reader(document, "");
  reader.expect_members({"period_us", "window", "max_gap", "kpis", "baseline", "network"});
  InputSpec spec;
  spec.period =
      Microseconds(reader.at("period_us").integer(kMinPeriod.count(), kMaxPeriod.count()));
  spec.window = static_cast<int>(reader.at("window").integer(kMinWindow, kMaxWindow));
  spec.max_gap = static_cast<int>(reader.at("max_gap").integer(0, kMaxGap));
  spec.kpis = read_kpis(reader.at("kpis"));
  spec.baseline = read_baseline(reader.at("baseline"));
  spec.network = read_network(reader.at("network"), spec.kpis.size());
  return spec;
}

}  // namespace faultprint::config
