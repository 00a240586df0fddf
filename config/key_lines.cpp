#include "config/key_lines.h"

#include "config/yaml_reader.h"

namespace faultprint::config {
namespace {

void add_lines(const YamlNode& node, std::map<std::string, int>& lines) {
  if (!node.path().empty()) lines.emplace(node.path(), node.line());
  if (node.is_map())
    for (const auto& [key, value] : node.entries()) add_lines(value, lines);
  if (node.is_list())
    for (const YamlNode& item : node.list()) add_lines(item, lines);
}

// groups[0].model -> groups[cells].model: what a group is called says more than its place.
void add_names(const YamlNode& groups, std::map<std::string, int>& lines) {
  for (const YamlNode& group : groups.list()) {
    std::string name;
    for (const auto& [key, value] : group.entries())
      if (key == "name") name = value.text();
    std::map<std::string, int> named;
    for (const auto& [path, line] : lines)
      if (path.starts_with(group.path()))
        named.emplace("groups[" + name + "]" + path.substr(group.path().size()), line);
    lines.merge(named);
  }
}

// Of a configuration for one of several groups: where its sections stand in the file.
std::string full_key(const Config& config, const std::string& key) {
  if (config.groups.size() != 1 || !config.has_groups()) return key;
  const std::string section = key.substr(0, key.find('.'));
  if (section != "stream" && section != "model" && section != "alarms") return key;
  return "groups[" + config.group().name + "]." + key;
}

int line_for(const Config& config, std::string key) {
  while (!key.empty()) {
    if (const auto found = config.lines.find(key); found != config.lines.end())
      return found->second;
    const std::size_t end = key.find_last_of(".[");
    key.resize(end == std::string::npos ? 0 : end);
  }
  return 1;
}

}  // namespace

std::map<std::string, int> key_lines(const YamlNode& node) {
  std::map<std::string, int> lines;
  add_lines(node, lines);
  if (node.is_map())
    for (const auto& [key, value] : node.entries())
      if (key == "groups") add_names(value, lines);
  return lines;
}

ConfigError error_at(const Config& config, const std::string& of_group, const std::string& what) {
  const std::string key = full_key(config, of_group);
  return ConfigError(config.file + ":" + std::to_string(line_for(config, key)) + ": " + key + ": " +
                     what);
}

ConfigError error_at(const Config& config, const std::string& text) {
  const std::size_t end = text.find(": ");
  if (end == std::string::npos) return ConfigError(config.file + ": " + text);
  return error_at(config, text.substr(0, end), text.substr(end + 2));
}

}  // namespace faultprint::config
