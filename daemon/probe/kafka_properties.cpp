#include "daemon/probe/kafka_properties.h"

#include <cctype>
#include <stdexcept>

#include "config/reference.h"
#include "config/yaml_writer.h"

namespace faultprint::daemon::probe {

namespace {

constexpr const char* kSafeForm = "--kafka-property 'sasl.password=${file:PATH}'";

bool is_plain_secret(const std::string& name, const std::string& value) {
  return config::is_secret(name) && !config::is_reference(value);
}

// sasl.password -> KAFKA_SASL_PASSWORD
std::string variable_of(const std::string& name) {
  std::string variable = "KAFKA_";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    variable += std::isalnum(byte) ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return variable;
}

}  // namespace

KafkaProperties parse_properties(const std::vector<std::string>& given) {
  KafkaProperties properties;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::size_t equals = given[i].find('=');
    if (equals == std::string::npos || equals == 0)
      throw std::runtime_error("--kafka-property: the " + std::to_string(i + 1) +
                               ". one given is not NAME=VALUE, as " + kSafeForm);
    const std::string name = given[i].substr(0, equals);
    // A shell expands ${file:PATH} to nothing where it is not in single quotes.
    if (config::is_secret(name) && equals + 1 == given[i].size())
      throw std::runtime_error("--kafka-property: " + name +
                               " is empty; a reference needs single quotes: " + kSafeForm);
    properties[name] = given[i].substr(equals + 1);
  }
  return properties;
}

std::vector<std::string> secrets_to_set(const KafkaProperties& properties) {
  std::vector<std::string> notes;
  for (const auto& [name, value] : properties)
    if (is_plain_secret(name, value))
      notes.push_back(name + " is not written here: set " + variable_of(name) +
                      " in the environment, or write ${file:PATH}");
  return notes;
}

std::string properties_text(const KafkaProperties& properties) {
  std::string text;
  for (const std::string& note : secrets_to_set(properties)) text += "    # " + note + "\n";
  for (const auto& [name, value] : properties) {
    const std::string written =
        is_plain_secret(name, value) ? "${" + variable_of(name) + "}" : value;
    text += "    " + config::quoted(name) + ": " + config::quoted(written) + "\n";
  }
  return text;
}

}  // namespace faultprint::daemon::probe
