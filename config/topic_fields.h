// What fields of stream.kpis are called in the records of one topic.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/yaml_reader.h"

namespace faultprint::config {

// kafka.topics[].from; groups: all there are.
std::map<std::string, std::string> read_topic_fields(const YamlNode& node, const std::string& topic,
                                                     const std::vector<GroupConfig>& groups);

// Of a topic with a format of its own, in the order of `fields`.
std::vector<std::string> fields_in(const TopicFormat& topic, std::vector<std::string> fields);

}  // namespace faultprint::config
