// librdkafka's properties as `probe` is given them, and as it writes them: no secret in plain.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace faultprint::daemon::probe {

using KafkaProperties = std::map<std::string, std::string>;

// Of NAME=VALUE each. std::runtime_error where one is of another form; it does not repeat the
// argument, as that may be a password.
KafkaProperties parse_properties(const std::vector<std::string>& given);

// As kafka.properties of a configuration, a line each. What is secret and given in plain becomes a
// reference to the environment, with a comment that says so.
std::string properties_text(const KafkaProperties& properties);

// What somebody has to set before that configuration is of use, a sentence each.
std::vector<std::string> secrets_to_set(const KafkaProperties& properties);

}  // namespace faultprint::daemon::probe
