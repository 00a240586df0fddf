// Readings that several sections of a configuration share.
#pragma once

#include <string>
#include <vector>

#include "config/yaml_reader.h"

namespace faultprint::config {

std::string read_word(const YamlNode& node, const std::vector<std::string>& words);
// Of mappings whose keys the user chooses.
void check_key(const std::string& key, const YamlNode& value);
// A path as it is seen from the configuration's folder; "" stays.
std::string resolved(const std::string& path, const std::string& config_file);
// A configuration's text, at most 16 MiB. ConfigError when it cannot be read.
std::string read_text(const std::string& path);

}  // namespace faultprint::config
