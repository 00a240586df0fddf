// The list `groups`, or the sections `stream`, `model` and `alarms` in its place.
#pragma once

#include <string>
#include <vector>

#include "config/yaml_reader.h"

namespace faultprint::config {

constexpr std::size_t kMostGroups = 64;

// Whether records of kafka.topics' entry are the group's.
bool reads(const GroupConfig& group, const std::string& topic);

// All that stands for itself: alarm rules and the topics' meaning need other sections.
std::vector<GroupConfig> read_groups(const YamlMap& root, const std::string& config_file);
// The rest, once kafka and inventory are read.
void complete_groups(const YamlMap& root, Config& config);

}  // namespace faultprint::config
