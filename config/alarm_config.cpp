#include "config/alarm_config.h"

#include <algorithm>
#include <set>

#include "config/reading.h"
#include "config/scalar.h"

namespace faultprint::config {
namespace {

constexpr std::size_t kMostLabels = 8;
constexpr Microseconds kLongestAge = std::chrono::hours(24 * 366);
constexpr Microseconds kShortest = std::chrono::milliseconds(1);

const std::vector<std::string> kSeverities{"critical", "major", "minor", "warning",
                                           "indeterminate"};

// Labels that the alarm's series, its alert or its scrape has already.
const std::set<std::string> kTakenLabels{"alertname", "alertstate",    "alarm_severity",
                                         "element",   "element_group", "fault_type",
                                         "instance",  "job",           "severity"};

// m/n.
void read_share(const YamlNode& node, const char* other, int& m, int& n) {
  const std::string written = node.plain().value_or("");
  const auto slash = std::min(written.find('/'), written.size());
  const auto count = parse_integer(written.substr(0, slash));
  const auto of = parse_integer(written.substr(std::min(slash + 1, written.size())));
  if (!count || !of || *count < 1 || *count > *of || *of > 64) {
    node.reject(std::string("m/n with 1 <= m <= n <= 64, as 3/4") + other);
  }
  m = static_cast<int>(*count);
  n = static_cast<int>(*of);
}

void read_severities(const YamlNode& node, AlarmConfig& alarms) {
  for (const auto& [type, value] : node.entries()) {
    check_key(type, value);
    (type == "default" ? alarms.default_severity : alarms.severity[type]) =
        read_word(value, kSeverities);
  }
}

void read_probable_causes(const YamlNode& node, AlarmConfig& alarms) {
  for (const auto& [type, value] : node.entries()) {
    check_key(type, value);
    alarms.probable_cause[type] = value.name();
  }
}

void read_priors(const YamlNode& node, AlarmConfig& alarms) {
  constexpr double kRounding = 1e-9;
  alarms.priors.clear();
  double sum = 0;
  for (const auto& [label, value] : node.entries()) {
    check_key(label, value);
    sum += alarms.priors[label] = value.number_above(0, 1);
  }
  if (sum > 1 + kRounding) node.fail("must add up to at most 1, not to " + format_decimal(sum));
}

SeverityRule read_severity_rule(const YamlNode& node) {
  const YamlMap map(node, {"fault_type", "element", "after", "severity"});
  SeverityRule rule;
  if (auto value = map.find("fault_type")) rule.fault_type = value->name();
  if (auto value = map.find("element")) rule.element = value->name();
  if (auto value = map.find("after")) rule.after = value->duration(Microseconds(0), kLongestAge);
  rule.severity = read_word(map.require("severity", joined(kSeverities, " or ")), kSeverities);
  return rule;
}

void read_flapping(const YamlNode& node, FlappingRule& flapping) {
  if (node.plain() == "none") {
    flapping = {};
    return;
  }
  if (!node.is_map()) node.reject("none, or a mapping of count, within and hold");
  const YamlMap map(node, {"count", "within", "hold"});
  if (auto value = map.find("count")) flapping.count = value->integer(2, 64);
  if (auto value = map.find("within")) flapping.within = value->duration(kShortest, kLongestAge);
  if (auto value = map.find("hold")) flapping.hold = value->duration(kShortest, kLongestAge);
}

void read_folding(const YamlNode& node, const std::vector<std::string>& labels,
                  FoldingRule& folding) {
  if (node.plain() == "none") {
    folding = {};
    return;
  }
  if (!node.is_map()) node.reject("none, or a mapping of above, within and by");
  const YamlMap map(node, {"above", "within", "by"});
  if (auto value = map.find("above")) folding.above = value->integer(1, 10000);
  if (auto value = map.find("within")) folding.within = value->duration(kShortest, kLongestAge);
  if (auto value = map.find("by")) {
    folding.by = value->text();
    if (!folding.by.empty() && std::find(labels.begin(), labels.end(), folding.by) == labels.end())
      value->reject("one of inventory.labels");
  }
}

void read_silence(const YamlNode& node, SilenceRule& silence) {
  if (node.plain() == "none") {
    silence = {};
    return;
  }
  if (!node.is_map()) node.reject("none, or a mapping of elements and topics");
  const YamlMap map(node, {"elements", "topics"});
  if (auto value = map.find("elements")) silence.elements = value->boolean();
  if (auto value = map.find("topics"))
    silence.topics = value->plain() == "none"
                         ? Microseconds(0)
                         : value->duration(std::chrono::seconds(1), kLongestAge);
}

bool is_label_name(const std::string& name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

AlarmConfig default_alarms(Microseconds period) {
  AlarmConfig alarms;
  alarms.flapping = {5, 200 * period, 50 * period};
  alarms.folding = {20, std::max<Microseconds>(std::chrono::minutes(1), 2 * period), ""};
  alarms.silence = {true, std::chrono::minutes(2) + 4 * period};
  alarms.severity = {{"silent", "warning"}};
  return alarms;
}

AlarmConfig read_alarms(const YamlNode& node, const AlarmConfig& defaults,
                        const InventoryConfig& inventory, const std::string& config_file) {
  const YamlMap map(node, {"raise", "raise_unknown", "false_alarms_per_day", "priors", "clear",
                           "flapping", "folding", "silence", "severity", "severity_rules",
                           "probable_cause", "max_age", "maintenance", "relearn"});
  AlarmConfig alarms = defaults;
  if (auto value = map.find("raise"); value && value->plain() != "auto") {
    read_share(*value, ", or auto", alarms.raise_count, alarms.raise_of);
    alarms.raise_given = true;
  }
  if (auto value = map.find("raise_unknown"))
    read_share(*value, "", alarms.raise_unknown_count, alarms.raise_unknown_of);
  if (auto value = map.find("false_alarms_per_day"); value && value->plain() != "none")
    alarms.false_alarms_per_day = value->number_above(0, 1e6);
  if (auto value = map.find("priors")) read_priors(*value, alarms);
  if (auto value = map.find("clear")) alarms.clear = value->integer(1, 10000);
  if (auto value = map.find("flapping")) read_flapping(*value, alarms.flapping);
  if (auto value = map.find("folding")) read_folding(*value, inventory.labels, alarms.folding);
  if (auto value = map.find("silence")) read_silence(*value, alarms.silence);
  if (auto value = map.find("severity")) read_severities(*value, alarms);
  if (auto value = map.find("severity_rules"))
    for (const YamlNode& rule : value->list())
      alarms.severity_rules.push_back(read_severity_rule(rule));
  if (auto value = map.find("probable_cause")) read_probable_causes(*value, alarms);
  if (auto value = map.find("max_age"); value && value->plain() != "none")
    alarms.max_age = value->duration(std::chrono::seconds(1), kLongestAge);
  if (auto value = map.find("maintenance"))
    alarms.maintenance = resolved(value->text(), config_file);
  if (auto value = map.find("relearn")) alarms.relearn = resolved(value->text(), config_file);
  return alarms;
}

InventoryConfig read_inventory(const YamlNode& node, const std::string& config_file) {
  const YamlMap map(node, {"file", "labels"});
  InventoryConfig inventory;
  if (auto value = map.find("file")) inventory.file = resolved(value->text(), config_file);
  const auto labels = map.find("labels");
  if (!labels) {
    if (!inventory.file.empty()) map.require("labels", "the columns that become labels of alarms");
    return inventory;
  }
  std::set<std::string> seen;
  for (const YamlNode& item : labels->list()) {
    const std::string name = item.name();
    if (!is_label_name(name) || kTakenLabels.contains(name))
      item.reject("a label of letters, digits and _ that alarms do not have already");
    if (!seen.insert(name).second) item.fail("must be unique, " + shown(name) + " is given twice");
    inventory.labels.push_back(name);
  }
  if (inventory.labels.size() > kMostLabels)
    labels->fail("at most " + std::to_string(kMostLabels) + " labels are allowed");
  return inventory;
}

}  // namespace faultprint::config
