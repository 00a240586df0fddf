#include "config/reading.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

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

std::string read_text(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{16} << 20;
  const auto failed = [&](const std::string& why) {
    return ConfigError(path + ": cannot be read: " + why);
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) throw failed(std::strerror(errno));
  std::string text;
  char buffer[65536];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file.get())) {
    text.append(buffer, size);
    if (text.size() > kMost) throw failed("larger than 16 MiB");
  }
  if (std::ferror(file.get()) != 0) throw failed(std::strerror(errno));
  return text;
}

}  // namespace faultprint::config
