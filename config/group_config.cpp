#include "config/group_config.h"

#include <algorithm>
#include <set>

#include "config/alarm_config.h"
#include "config/reading.h"
#include "config/stream_config.h"
#include "config/topic_name.h"

namespace faultprint::config {
namespace {

constexpr const char* kStreamWanted = "a mapping with period, window, kpis";

ModelConfig read_model(const YamlNode& node, const std::string& config_file) {
  const YamlMap map(node, {"file"});
  ModelConfig model;
  if (auto value = map.find("file")) model.file = resolved(value->text(), config_file);
  return model;
}

YamlMap map_of(const YamlNode& group) {
  return {group, {"name", "elements", "topics", "stream", "model", "alarms"}};
}

// It begins ids and is a label: no / and no blanks.
std::string read_name(const YamlNode& node, std::set<std::string>& seen) {
  std::string name = node.text();
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (!plain || name.empty() || name.size() > 64) node.reject("1 to 64 letters, digits, - and _");
  if (!seen.insert(name).second) node.fail("must be unique, " + name + " is given twice");
  return name;
}

std::vector<std::string> read_names(const YamlNode& node, const char* what) {
  std::vector<std::string> names;
  for (const YamlNode& item : node.list()) {
    names.push_back(item.name());
    if (std::count(names.begin(), names.end(), names.back()) > 1)
      item.fail("must be unique, " + shown(names.back()) + " is given twice");
  }
  if (names.empty()) node.fail(std::string("must have ") + what + "; left out, it means all");
  return names;
}

GroupConfig read_group(const YamlNode& node, std::set<std::string>& seen,
                       const std::string& config_file) {
  const YamlMap map = map_of(node);
  GroupConfig group;
  group.name = read_name(map.require("name", "what the group is called"), seen);
  if (auto value = map.find("elements")) group.elements = read_names(*value, "a glob");
  if (auto value = map.find("topics")) group.topics = read_names(*value, "a topic");
  group.stream = read_stream(map.require("stream", kStreamWanted));
  if (auto value = map.find("model")) group.model = read_model(*value, config_file);
  return group;
}

AlarmConfig alarms_of(const YamlMap& map, const GroupConfig& group, const Config& config) {
  const AlarmConfig alarms = default_alarms(group.stream.period);
  const auto node = map.find("alarms");
  return node ? read_alarms(*node, alarms, config.inventory, config.file) : alarms;
}

// Those that come first take an element.
bool takes_all_of(const GroupConfig& group, const std::string& topic) {
  return group.elements.empty() && reads(group, topic);
}

// What is read of a record must be the same things, whichever group reads it: see GroupShare.
void check_shared_topic(const YamlNode& node, const GroupConfig& group, const GroupConfig& earlier,
                        const std::string& topic, const KafkaConfig& kafka) {
  const bool own = std::any_of(kafka.formats.begin(), kafka.formats.end(),
                               [&](const TopicFormat& format) { return format.topic == topic; });
  if (own || group.stream.format == earlier.stream.format) return;
  map_of(node)
      .require("stream", kStreamWanted)
      .fail_at_key("format", "must be " + earlier.stream.format + " as in " + earlier.name +
                                 ", not " + group.stream.format + ": both read " + shown(topic));
}

void check_topics(const YamlNode& node, std::size_t index, const Config& config) {
  const GroupConfig& group = config.groups[index];
  const auto& topics = config.kafka.topics;
  if (const auto list = map_of(node).find("topics"))
    for (const YamlNode& item : list->list())
      if (std::find(topics.begin(), topics.end(), item.name()) == topics.end())
        item.reject("one of kafka.topics, as it stands there");
  bool taken = !topics.empty();  // all that it reads, by those before
  for (const std::string& topic : topics) {
    if (!reads(group, topic)) continue;
    bool by_one = false;
    for (std::size_t before = 0; before < index; ++before) {
      const GroupConfig& earlier = config.groups[before];
      if (reads(earlier, topic)) check_shared_topic(node, group, earlier, topic, config.kafka);
      by_one = by_one || takes_all_of(earlier, topic);
    }
    taken = taken && by_one;
  }
  if (taken) node.fail("gets no element: groups before it take all of its topics");
}

void take_before(GroupConfig& group, const GroupConfig& earlier, const KafkaConfig& kafka) {
  const bool meet = kafka.topics.empty() ||
                    std::any_of(kafka.topics.begin(), kafka.topics.end(), [&](const auto& topic) {
                      return reads(group, topic) && reads(earlier, topic);
                    });
  if (meet)
    group.taken_before.insert(group.taken_before.end(), earlier.elements.begin(),
                              earlier.elements.end());
}

void check_readers(const YamlNode& topics, const Config& config) {
  const std::vector<YamlNode> items = topics.list();
  for (std::size_t i = 0; i < items.size(); ++i)
    if (std::none_of(config.groups.begin(), config.groups.end(), [&](const GroupConfig& group) {
          return reads(group, config.kafka.topics[i]);
        }))
      items[i].fail("is read by none of the groups");
}

}  // namespace

bool reads(const GroupConfig& group, const std::string& topic) {
  return group.reads_topic(topic) ||  // a name that one of its patterns means
         std::find(group.topics.begin(), group.topics.end(), topic) != group.topics.end();
}

bool GroupConfig::reads_topic(const std::string& topic) const {
  return topics.empty() || std::any_of(topics.begin(), topics.end(), [&](const auto& entry) {
           return means_topic(entry, topic);
         });
}

std::vector<GroupConfig> read_groups(const YamlMap& root, const std::string& config_file) {
  const auto list = root.find("groups");
  if (!list) {
    GroupConfig group;
    group.stream = read_stream(root.require("stream", kStreamWanted));
    if (auto node = root.find("model")) group.model = read_model(*node, config_file);
    return {group};
  }
  for (const char* key : {"stream", "model", "alarms"})
    if (const auto node = root.find(key))
      node->fail("must not stand beside groups, each of which has its own");
  std::vector<GroupConfig> groups;
  std::set<std::string> seen;
  const std::vector<YamlNode> items = list->list();
  if (items.empty() || items.size() > kMostGroups)
    list->fail("must be a list of 1 to " + std::to_string(kMostGroups) + " groups, not of " +
               std::to_string(items.size()));
  for (const YamlNode& item : items) groups.push_back(read_group(item, seen, config_file));
  return groups;
}

void complete_groups(const YamlMap& root, Config& config) {
  const auto list = root.find("groups");
  if (!list) {
    config.groups.front().alarms = alarms_of(root, config.groups.front(), config);
    return;
  }
  const std::vector<YamlNode> items = list->list();
  for (std::size_t i = 0; i < items.size(); ++i) {
    config.groups[i].alarms = alarms_of(map_of(items[i]), config.groups[i], config);
    check_topics(items[i], i, config);
    for (std::size_t before = 0; before < i; ++before)
      take_before(config.groups[i], config.groups[before], config.kafka);
  }
  const auto kafka = root.find("kafka");
  if (!kafka) return;
  for (const auto& [key, value] : kafka->entries())
    if (key == "topics") check_readers(value, config);
}

}  // namespace faultprint::config
