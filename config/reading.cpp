#include "config/reading.h"

#include <filesystem>

#include "config/limits.h"
#include "config/scalar.h"

namespace faultprint::config {

std::string read_word(const YamlNode& node, const std::vector<std::string>& words) {
  return words[static_cast<std::size_t>(node.choice(words))];
}

void check_key(const std::string& key, const YamlNode& value) {
  if (!key.empty() && key.size() <= kMaxNameBytes && !first_bad_byte(key) &&
      key.find_first_of("\t\r\n") == std::string::npos) {
    return;
  }
  value.fail("a key must have 1 to " + std::to_string(kMaxNameBytes) +
             " bytes and no control characters");
}

std::string resolved(const std::string& path, const std::string& config_file) {
  if (path.empty()) return path;
  const auto folder =
      std::filesystem::absolute(config_file.empty() ? "." : config_file).parent_path();
  return (folder / path).lexically_normal().string();
}

}  // namespace faultprint::config
