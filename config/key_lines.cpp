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
  return lines;
}

ConfigError error_at(const Config& config, const std::string& key, const std::string& what) {
  return ConfigError(config.file + ":" + std::to_string(line_for(config, key)) + ": " + key + ": " +
                     what);
}

ConfigError error_at(const Config& config, const std::string& text) {
  const std::size_t end = text.find(": ");
  if (end == std::string::npos) return ConfigError(config.file + ": " + text);
  return error_at(config, text.substr(0, end), text.substr(end + 2));
}

}  // namespace faultprint::config
