// Topics to read: by name or, where an entry begins with ^, as librdkafka has it, by an extended
// regular expression.
#pragma once

#include <string>

namespace faultprint::config {

// Whether kafka.topics' entry means this topic. False for a pattern that is none.
bool means_topic(const std::string& entry, const std::string& topic);

// As Kafka has it.
bool is_topic_name(const std::string& name);
constexpr const char* kTopicRule = "1 to 249 letters, digits, dots, _ and - (not . or ..)";

// What is wrong with an entry that is a pattern; empty: nothing.
std::string pattern_error(const std::string& entry);

}  // namespace faultprint::config
