// Where a configuration's keys stand, for errors that show only later: beside a model, a file that
// a key names, or what runs already.
#pragma once

#include <map>
#include <string>

#include "config/config.h"

namespace faultprint::config {

class YamlNode;

// The line of every key below the node, and of a list's entries: "stream.kpis[0].name".
std::map<std::string, int> key_lines(const YamlNode& node);

// "file:line: key: what", of a configuration for one of several groups "file:line:
// groups[NAME].key: what". A key left to its default has the line of what it would stand in, and
// one that would stand alone has line 1.
ConfigError error_at(const Config& config, const std::string& key, const std::string& what);
// The same of a text that begins with its key: "key: what".
ConfigError error_at(const Config& config, const std::string& text);

}  // namespace faultprint::config
