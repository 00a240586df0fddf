#include "config/changed_keys.h"

#include <algorithm>
#include <utility>

#include "config/effective_keys.h"

namespace faultprint::config {
namespace {

using Keys = std::vector<std::pair<std::string, std::string>>;  // path, value

// A list's items belong to its key.
Keys values_of(const Config& config) {
  Config without_secrets = config;
  without_secrets.kafka.properties.clear();
  Keys keys;
  for (const EffectiveKey& key : keys_of(effective(without_secrets))) {
    std::string value = key.value;
    for (const std::string& item : key.items) value += "\n" + item;
    keys.emplace_back(key.path, std::move(value));
  }
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
