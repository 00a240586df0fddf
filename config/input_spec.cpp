#include "config/input_spec.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "config/kpi_json.h"
#include "config/limits.h"
#include "config/network_json.h"
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

ChosenInput read_chosen(const Reader& reader) {
  reader.expect_members({"baseline", "scales"});
  return {reader.at("baseline").boolean(), reader.at("scales").boolean()};
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
  if (spec.chosen.any())
    result["chosen"] = {{"baseline", spec.chosen.baseline}, {"scales", spec.chosen.scales}};
  for (const KpiSpec& kpi : spec.kpis) result["kpis"].push_back(kpi_json(kpi));
  for (const NetworkKpi& kpi : spec.network) result["network"].push_back(network_json(kpi));
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
  if (document.contains("usual")) members.insert("usual");    // only where there are tokens
  if (document.contains("chosen")) members.insert("chosen");  // only where something is
  reader.expect_members(members);
  InputSpec spec;
  if (reader.has("chosen")) spec.chosen = read_chosen(reader.at("chosen"));
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
