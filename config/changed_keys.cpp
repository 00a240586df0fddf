#include "config/changed_keys.h"

#include <algorithm>
#include <utility>

#include "config/effective_keys.h"
#include "config/yaml_writer.h"

namespace faultprint::config {
namespace {

using Keys = std::vector<std::pair<std::string, std::string>>;  // path, value

bool is_of_group(const std::string& path) {
  for (const char* section : {"stream.", "model.", "alarms."})
    if (path.starts_with(section)) return true;
  return false;
}

// Of a configuration of one group. A list's items belong to its key.
Keys keys_of_one(const Config& config) {
  Keys keys;
  for (const EffectiveKey& key : keys_of(effective(config))) {
    std::string value = key.value;
    for (const std::string& item : key.items) value += "\n" + item;
    keys.emplace_back(key.path, std::move(value));
  }
  return keys;
}

// The sections of each group under its name, the others once.
Keys keys_of_groups(const Config& config) {
  Keys keys;
  std::string names;
  for (const GroupConfig& group : config.groups) {
    const std::string prefix = "groups[" + group.name + "].";
    GroupConfig nameless = group;
    nameless.name.clear();
    const Keys all = keys_of_one(config.of_group(nameless));
    for (const auto& [path, value] : all) {
      if (is_of_group(path))
        keys.emplace_back(prefix + path, value);
      else if (&group == config.groups.data())
        keys.emplace_back(path, value);
    }
    keys.emplace_back(prefix + "elements", flow_list(group.elements));
    keys.emplace_back(prefix + "topics", flow_list(group.topics));
    names += group.name + "\n";
  }
  keys.emplace_back("groups", names);
  return keys;
}

Keys values_of(const Config& config) {
  Config without_secrets = config;
  without_secrets.kafka.properties.clear();
  Keys keys = config.has_groups() ? keys_of_groups(without_secrets) : keys_of_one(without_secrets);
  for (const auto& [name, value] : config.kafka.properties)
    keys.emplace_back("kafka.properties." + name, value);
  return keys;
}

void add_missing(const Keys& keys, const Keys& others, std::vector<std::string>& changed) {
  for (const auto& key : keys)
    if (std::find(others.begin(), others.end(), key) == others.end() &&
        std::find(changed.begin(), changed.end(), key.first) == changed.end())
      changed.push_back(key.first);
}

}  // namespace

std::vector<std::string> changed_keys(const Config& now, const Config& next) {
  const Keys old_keys = values_of(now);
  const Keys new_keys = values_of(next);
  std::vector<std::string> changed;
  add_missing(new_keys, old_keys, changed);
  add_missing(old_keys, new_keys, changed);
  return changed;
}

}  // namespace faultprint::config
