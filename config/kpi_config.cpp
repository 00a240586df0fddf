#include "config/kpi_config.h"

#include <algorithm>
#include <map>

#include "config/limits.h"
#include "config/name_glob.h"
#include "config/scalar.h"

namespace faultprint::config {

namespace {

void read_ratio(const YamlMap& map, KpiSpec& kpi) {
  kpi.numerator = map.require("numerator", "the field a ratio divides").name();
  const YamlNode denominator = map.require("denominator", "the field a ratio divides by");
  kpi.denominator = denominator.name();
  if (kpi.denominator == kpi.numerator)
    denominator.fail("must be another field than numerator, not " + shown(kpi.denominator) +
                     " too: the ratio would always be 1");
  if (auto value = map.find("cumulative")) {
    kpi.cumulative = value->boolean();
    if (kpi.cumulative && (is_glob(kpi.numerator) || is_glob(kpi.denominator)))
      value->fail(
          "is not allowed with a pattern: of a sum of readings nobody knows which one began anew");
  }
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

// The fields that a KPI is made of, where they are called otherwise than itself.
void read_from(const YamlNode& node, KpiSpec& kpi) {
  if (!node.is_list()) {
    kpi.from.push_back(node.name());
  } else {
    for (const YamlNode& item : node.list()) {
      kpi.from.push_back(item.name());
      if (std::count(kpi.from.begin(), kpi.from.end(), kpi.from.back()) > 1)
        item.fail("must be unique, " + shown(kpi.from.back()) + " is given twice");
    }
    if (kpi.from.empty()) node.reject("a field's name, or a list of them");
  }
  const bool sum = kpi.from.size() > 1 || is_glob(kpi.from[0]);
  if (sum && (kpi.is_token() || kpi.kind == KpiKind::flag))
    node.fail("must be one field where kind is " + std::string(name(kpi.kind)) + ", not a sum");
  if (kpi.kind == KpiKind::counter && std::any_of(kpi.from.begin(), kpi.from.end(), is_glob))
    node.fail(
        "must list the fields where kind is counter, not have a pattern: of a sum of readings "
        "nobody knows which one began anew");
}

void read_rules(const YamlMap& map, KpiSpec& kpi) {
  if (auto value = map.find("from")) {
    if (kpi.kind == KpiKind::ratio)
      value->fail("is not allowed where kind is ratio: use numerator and denominator");
    read_from(*value, kpi);
  }
  for (const char* key : {"factor", "unit"}) {
    const auto value = map.find(key);
    if (value && (kpi.is_token() || kpi.kind == KpiKind::flag))
      value->fail("is not allowed where kind is " + std::string(name(kpi.kind)));
  }
  if (auto value = map.find("factor")) kpi.factor = value->number_above(0, kMaxFactor);
  if (auto value = map.find("unit")) kpi.unit = value->name();
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
  const YamlMap map(
      node, {"name", "kind", "scale", "numerator", "denominator", "min_attempts", "cumulative",
             "tokens", "length", "buckets", "from", "factor", "unit", "optional"});
  KpiSpec kpi;
  kpi.name = read_new_name(map.require("name", "the KPI's name in the records"), seen);
  if (is_glob(kpi.name) && !map.find("from"))
    map.require("name", "").fail("must not have a *: a pattern of fields goes into `from`");
  if (auto value = map.find("kind")) kpi.kind = static_cast<KpiKind>(value->choice(kKindNames));
  if (kpi.kind != KpiKind::ratio) {
    refuse(map, kpi, {"numerator", "denominator", "min_attempts", "cumulative"}, "ratio");
  }
  if (kpi.kind != KpiKind::text) refuse(map, kpi, {"tokens", "length"}, "text");
  read_rules(map, kpi);
  if (auto value = map.find("optional")) kpi.optional = value->boolean();
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

// What two KPIs may not do with one field: it is a number or one token, and adds up or does not.
void check_shared(const YamlNode& item, const KpiSpec& kpi, const KpiSpec& earlier,
                  const std::string& where, const std::string& field) {
  if (kpi.is_token() || earlier.is_token())
    item.fail_at_key("name", "needs the field " + shown(field) + " as " + where +
                                 " does: a token must be a field of its own");
  const bool ratio = kpi.kind == KpiKind::ratio || earlier.kind == KpiKind::ratio;
  if (!ratio && (kpi.kind == KpiKind::delta) != (earlier.kind == KpiKind::delta))
    item.fail_at_key("kind", "needs the field " + shown(field) + " as " + where + ", a " +
                                 name(earlier.kind) + ", does: only a delta's reports add up");
}

using FieldUsers = std::multimap<std::string, std::size_t>;  // field -> place of the KPI

// What a pattern adds up must not be wanted on its own, nor by another pattern.
void check_globs(const std::vector<YamlNode>& items, const std::vector<KpiSpec>& kpis,
                 const FieldUsers& users) {
  for (const auto& [glob, kpi] : users) {
    if (!is_glob(glob)) continue;
    for (const auto& [field, other] : users) {
      if (field == glob || !globs_overlap(glob, field)) continue;
      const bool ratio = kpis[kpi].kind == KpiKind::ratio;
      const char* const key = !ratio                        ? "from"
                              : kpis[kpi].numerator == glob ? "numerator"
                                                            : "denominator";
      items[kpi].fail_at_key(
          key, shown(glob) + " must not match " +
                   (is_glob(field) ? "what " + shown(field) + " does" : shown(field)) +
                   ", a field of kpis[" + std::to_string(other) + "]");
    }
  }
}

// And texts take many columns.
void check_fields(const YamlNode& node, const std::vector<YamlNode>& items,
                  const std::vector<KpiSpec>& kpis) {
  std::size_t columns = 0;
  FieldUsers users;
  for (std::size_t i = 0; i < kpis.size(); ++i) {
    columns += static_cast<std::size_t>(kpis[i].length);
    for (const std::string& field : kpis[i].fields()) {
      const auto [first, last] = users.equal_range(field);
      for (auto user = first; user != last; ++user)
        if (user->second != i)
          check_shared(items[i], kpis[i], kpis[user->second],
                       "kpis[" + std::to_string(user->second) + "]", field);
      users.emplace(field, i);
    }
  }
  check_globs(items, kpis, users);
  if (columns > kMaxKpis) {
    node.fail("must have at most " + std::to_string(kMaxKpis) +
              " columns with those of its texts, not " + std::to_string(columns));
  }
}

}  // namespace

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
  check_fields(node, items, kpis);
  if (std::all_of(kpis.begin(), kpis.end(), [](const KpiSpec& kpi) { return kpi.optional; }))
    node.fail("must have one that is not optional: else nothing says when a slot is complete");
  return kpis;
}

}  // namespace faultprint::config
