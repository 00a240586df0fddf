#include "config/topic_fields.h"

#include <algorithm>
#include <set>

#include "config/group_config.h"
#include "config/name_glob.h"
#include "config/scalar.h"

namespace faultprint::config {
namespace {

std::vector<std::string> fields_of(const GroupConfig& group) {
  std::vector<std::string> fields;
  for (const KpiSpec& kpi : group.stream.kpis)
    for (std::string& field : kpi.fields()) fields.push_back(std::move(field));
  return fields;
}

bool has(const std::vector<std::string>& fields, const std::string& field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// Two fields that are one there: whose value is it?
void check_distinct(const YamlNode& node, const std::map<std::string, std::string>& names,
                    const std::string& name, const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    const auto renamed = names.find(field);
    if (renamed != names.end()) continue;
    if (field == name || (is_glob(field) && matches_glob(field, name)))
      node.fail("must not be " + shown(name) + ", which " +
                (field == name ? "another KPI reads" : shown(field) + " matches"));
  }
}

}  // namespace

std::map<std::string, std::string> read_topic_fields(const YamlNode& node, const std::string& topic,
                                                     const std::vector<GroupConfig>& groups) {
  std::vector<std::vector<std::string>> read;
  for (const GroupConfig& group : groups)
    if (reads(group, topic)) read.push_back(fields_of(group));
  std::map<std::string, std::string> names;
  std::set<std::string> seen;
  for (const auto& [field, value] : node.entries()) {
    if (std::none_of(read.begin(), read.end(),
                     [&, &wanted = field](const auto& fields) { return has(fields, wanted); }))
      value.fail("is no field of stream.kpis");
    const std::string name = names[field] = value.name();
    if (is_glob(field) || is_glob(name))
      value.fail("must be one field's name for another, not a pattern");
    if (!seen.insert(name).second) value.fail("must be unique, " + shown(name) + " is given twice");
  }
  for (const auto& [field, value] : node.entries())
    for (const auto& fields : read) check_distinct(value, names, names.at(field), fields);
  return names;
}

std::vector<std::string> fields_in(const TopicFormat& topic, std::vector<std::string> fields) {
  for (std::string& field : fields)
    if (const auto name = topic.from.find(field); name != topic.from.end()) field = name->second;
  return fields;
}

}  // namespace faultprint::config
