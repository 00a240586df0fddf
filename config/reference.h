// Values that stand elsewhere, so that no secret need be in the configuration.
#pragma once

#include <string>

namespace faultprint::config {

// ${NAME}: the environment variable; ${file:PATH}: the file's text without a newline at its end.
bool is_reference(const std::string& value);

// Whether a librdkafka property, by its name, holds what nobody should read.
bool is_secret(std::string property);

// What a reference stands for; any other value is itself. std::runtime_error when it cannot be had.
std::string resolve(const std::string& value);

}  // namespace faultprint::config
