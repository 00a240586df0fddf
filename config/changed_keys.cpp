#include "config/changed_keys.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace faultprint::config {
namespace {

using Keys = std::vector<std::pair<std::string, std::string>>;  // path, value

// A list's items belong to its key.
Keys keys_of(const Config& config) {
  Config without_secrets = config;
  without_secrets.kafka.properties.clear();
  Keys keys;
  std::vector<std::string> parents;
  std::istringstream in(effective(without_secrets));
  for (std::string line; std::getline(in, line);) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string::npos || line[begin] == '#') continue;
    // The comment is the key's, the same in both.
    if (line[begin] == '-') {
      keys.back().second += line;
      continue;
    }
    parents.resize(std::min(begin / 2, parents.size()));
    const std::size_t colon = line.find(':', begin);
    std::string path;
    for (const std::string& parent : parents) path += parent + ".";
    parents.push_back(line.substr(begin, colon - begin));
    keys.emplace_back(path + parents.back(), line.substr(colon));
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
  const Keys old_keys = keys_of(now);
  const Keys new_keys = keys_of(next);
  std::vector<std::string> changed;
  add_missing(new_keys, old_keys, changed);
  add_missing(old_keys, new_keys, changed);
  return changed;
}

}  // namespace faultprint::config
