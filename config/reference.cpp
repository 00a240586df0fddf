#include "config/reference.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace faultprint::config {
namespace {

constexpr std::string_view kFile = "file:";

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) throw std::runtime_error(path + " cannot be read");
  std::string result = text.str();
  while (result.ends_with('\n') || result.ends_with('\r')) result.pop_back();
  return result;
}

}  // namespace

bool is_reference(const std::string& value) {
  return value.size() > 3 && value.starts_with("${") && value.ends_with("}");
}

bool is_secret(std::string property) {
  std::transform(property.begin(), property.end(), property.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (property.ends_with(".location")) return false;  // where a file is, not what it holds
  for (const char* word : {"password", "secret", "token", "jaas"}) {
    if (property.find(word) != std::string::npos) return true;
  }
  // The last two are librdkafka's: a private key as text, and what may hold a client's secret.
  return property.ends_with("key") || property == "ssl.key.pem" ||
         property == "sasl.oauthbearer.config";
}

std::string resolve(const std::string& value) {
  if (!is_reference(value)) return value;
  const std::string name = value.substr(2, value.size() - 3);
  if (name.starts_with(kFile)) return text_of(name.substr(kFile.size()));
  const char* const found = std::getenv(name.c_str());
  if (found == nullptr) throw std::runtime_error("environment variable " + name + " is not set");
  return found;
}

}  // namespace faultprint::config
