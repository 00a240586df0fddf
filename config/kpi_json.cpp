#include "config/kpi_json.h"

#include <algorithm>
#include <set>

#include "config/limits.h"

namespace faultprint::config {
namespace {

// Members that a KPI may have, of those it may have by its kind.
void read_optional(const SpecReader& reader, std::set<std::string>& members, KpiSpec& kpi) {
  const auto has = [&](const char* member) {
    const bool there = reader.has(member);
    if (there) members.insert(member);
    return there;
  };
  if (kpi.kind != KpiKind::ratio && has("from")) {
    for (const SpecReader& item : reader.at("from").list(kMaxKpis)) kpi.from.push_back(item.name());
    if (kpi.from.empty() || (kpi.is_token() && kpi.from.size() > 1))
      reader.at("from").reject("has a wrong number of fields");
  }
  if (has("optional")) kpi.optional = reader.at("optional").boolean();
  if (kpi.is_token()) return;
  if (kpi.kind == KpiKind::ratio && has("cumulative"))
    kpi.cumulative = reader.at("cumulative").boolean();
  if (has("factor")) kpi.factor = reader.at("factor").number(0, kMaxFactor);
  if (kpi.factor == 0) reader.at("factor").reject("must be above 0");
  if (has("unit")) kpi.unit = reader.at("unit").name();
}

KpiSpec read_tokens(const SpecReader& reader, KpiSpec kpi) {
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

KpiSpec read_kpi(const SpecReader& reader) {
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

}  // namespace

nlohmann::json kpi_json(const KpiSpec& kpi) {
  nlohmann::json result{{"name", kpi.name}, {"kind", name(kpi.kind)}};
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
  if (kpi.optional) result["optional"] = true;
  return result;
}

std::vector<KpiSpec> read_kpis(const SpecReader& reader) {
  std::vector<KpiSpec> kpis;
  std::set<std::string> names;
  std::set<std::string> fields;  // of numbers, and tokens' own
  std::size_t columns = 0;
  for (const SpecReader& item : reader.list(kMaxKpis)) {
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
  if (std::all_of(kpis.begin(), kpis.end(), [](const KpiSpec& kpi) { return kpi.optional; }))
    reader.reject("must have one that is not optional");
  if (columns > kMaxKpis)
    reader.reject("must have at most " + std::to_string(kMaxKpis) + " columns");
  return kpis;
}

}  // namespace faultprint::config
