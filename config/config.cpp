#include "config/config.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "config/alarm_config.h"
#include "config/format_config.h"
#include "config/group_config.h"
#include "config/host_port.h"
#include "config/key_lines.h"
#include "config/limits.h"
#include "config/name_glob.h"
#include "config/reading.h"
#include "config/scalar.h"
#include "config/topic_fields.h"
#include "config/topic_name.h"
#include "config/yaml_reader.h"

namespace faultprint::config {
namespace {

constexpr const char* kOwnOffsets =
    "faultprint stores and commits offsets itself once verdicts are out; no key changes that";

// What the daemon sets itself, and where the user sets it.
const std::map<std::string, std::string> kOwnProperties{
    {"group.id", "use kafka.group_id"},
    {"bootstrap.servers", "use kafka.brokers"},
    {"metadata.broker.list", "use kafka.brokers"},
    {"auto.offset.reset", "use kafka.start"},
    {"enable.auto.commit", kOwnOffsets},
    {"enable.auto.offset.store", kOwnOffsets}};

bool has_pattern(const KpiSpec& kpi) {
  const std::vector<std::string> fields = kpi.fields();
  return std::any_of(fields.begin(), fields.end(), is_glob);
}

// A topic that is no plain name has a format of its own.
TopicFormat read_topic(const YamlNode& node, const std::vector<GroupConfig>& groups) {
  const YamlMap map(node, {"topic", "format", "json", "record", "from"});
  TopicFormat topic;
  topic.topic = map.require("topic", "a topic's name").name();
  const YamlNode format =
      map.require("format", "what its records are, where not what stream.format says");
  StreamConfig own;
  read_format(map, own);
  for (const GroupConfig& group : groups)
    for (const KpiSpec& kpi : group.stream.kpis)
      if (own.format == "json_value" && reads(group, topic.topic) && has_pattern(kpi))
        format.fail("json_value has one value a record, and the KPI " + shown(kpi.name) +
                    " adds up what one record has");
  topic.format = own.format;
  topic.json = own.json;
  topic.record = own.record;
  if (auto value = map.find("from")) topic.from = read_topic_fields(*value, topic.topic, groups);
  return topic;
}

void read_topics(const YamlNode& node, const std::vector<GroupConfig>& groups, KafkaConfig& kafka) {
  std::set<std::string> seen;
  for (const YamlNode& item : node.list()) {
    if (item.is_map()) kafka.formats.push_back(read_topic(item, groups));
    kafka.topics.push_back(item.is_map() ? kafka.formats.back().topic : item.name());
    const std::string& entry = kafka.topics.back();
    if (const std::string wrong = pattern_error(entry); !wrong.empty())
      item.fail("must be an extended regular expression where it begins with ^, not " +
                shown(entry) + ": " + wrong);
    if (!entry.starts_with('^') && !is_topic_name(entry))
      item.fail(std::string("must be ") + kTopicRule + ", or a pattern that begins with ^, not " +
                shown(entry));
    if (!seen.insert(entry).second) {
      item.fail("must be unique, " + shown(kafka.topics.back()) + " is given twice");
    }
  }
}

void read_properties(const YamlNode& node, KafkaConfig& kafka) {
  for (const auto& [key, value] : node.entries()) {
    check_key(key, value);
    const auto own = kOwnProperties.find(key);
    if (own != kOwnProperties.end()) value.fail("must not be set here: " + own->second);
    kafka.properties[key] = value.any_scalar();
    kafka.property_lines[key] = value.line();
  }
}

std::string read_brokers(const YamlNode& node) {
  std::string brokers = node.text();
  if (brokers.empty()) return brokers;  // as good as none: `run` asks for it
  if (const auto bad = bad_broker(brokers))
    node.fail("must be host:port, several with commas between, with ports from 1 to 65535, not " +
              (bad->empty() ? "one that is empty" : shown(*bad)));
  return brokers;
}

// One that is no feed: records that are written would come back as KPIs, control records are none.
std::string read_other_topic(const YamlNode& node, const KafkaConfig& kafka) {
  std::string topic = node.text();
  if (!topic.empty() && !is_topic_name(topic))
    node.fail(std::string("must be ") + kTopicRule + ", not " + shown(topic));
  for (const std::string& read : kafka.topics)
    if (means_topic(read, topic))
      node.fail("must not be one of kafka.topics, which are read, as " + shown(read) + " is");
  return topic;
}

KafkaConfig read_kafka(const YamlNode& node, const std::vector<GroupConfig>& groups) {
  const YamlMap map(
      node, {"brokers", "topics", "group_id", "start", "workers", "control_topic", "properties"});
  KafkaConfig kafka;
  if (auto value = map.find("brokers")) kafka.brokers = read_brokers(*value);
  if (auto value = map.find("topics")) read_topics(*value, groups, kafka);
  if (auto value = map.find("group_id")) kafka.group_id = value->name();
  if (auto value = map.find("start")) kafka.start = read_word(*value, {"earliest", "latest"});
  if (auto value = map.find("workers")) kafka.workers = value->integer(1, 64);
  if (auto value = map.find("control_topic")) kafka.control_topic = read_other_topic(*value, kafka);
  if (auto value = map.find("properties")) read_properties(*value, kafka);
  return kafka;
}

void read_listen(const YamlNode& node, HttpConfig& http) {
  const auto address = parse_host_port(node.text());
  if (!address)
    node.reject("host:port with a port from 0 to 65535, as 127.0.0.1:10480 or [::1]:10480");
  http.host = address->host;
  http.port = address->port;
}

HttpConfig read_http(const YamlNode& node, const std::string& config_file) {
  const YamlMap map(node, {"listen", "reload", "web_config_file"});
  HttpConfig http;
  if (auto value = map.find("listen")) read_listen(*value, http);
  if (auto value = map.find("reload")) http.reload = value->boolean();
  if (auto value = map.find("web_config_file"))
    http.web_config_file = resolved(value->text(), config_file);
  return http;
}

// systemd sets it: one folder, or several with colons between.
std::string default_state_directory() {
  const char* const value = std::getenv("STATE_DIRECTORY");
  const std::string all = value == nullptr ? "" : value;
  return all.substr(0, all.find(':'));
}

std::string read_written_topic(const YamlNode& node, const KafkaConfig& kafka) {
  std::string topic = read_other_topic(node, kafka);
  if (!topic.empty() && topic == kafka.control_topic)
    node.fail("must not be kafka.control_topic, which is read");
  return topic;
}

void read_state(const YamlNode& node, const std::string& config_file, const KafkaConfig& kafka,
                StateConfig& state) {
  const YamlMap map(node, {"directory", "topic", "snapshot_every"});
  if (auto value = map.find("directory")) state.directory = resolved(value->text(), config_file);
  if (auto value = map.find("topic")) state.topic = read_written_topic(*value, kafka);
  if (auto value = map.find("snapshot_every")) {
    state.snapshot_every = value->duration(std::chrono::milliseconds(1), kDay);
  }
}

std::string read_output_topic(const YamlNode& node, const Config& config) {
  std::string topic = read_written_topic(node, config.kafka);
  if (!topic.empty() && topic == config.state.topic)
    node.fail("must not be state.topic, which holds snapshots alone");
  return topic;
}

OutputConfig read_output(const YamlNode& node, const Config& config) {
  const YamlMap map(node,
                    {"verdicts_file", "verdicts", "verdicts_topic", "alarms_file", "alarms_topic"});
  OutputConfig output;
  if (auto value = map.find("verdicts_file")) output.verdicts_file = value->text();
  if (auto value = map.find("verdicts")) {
    output.verdicts = static_cast<VerdictOutput>(value->choice({"none", "abnormal", "all"}));
  }
  if (auto value = map.find("verdicts_topic"))
    output.verdicts_topic = read_output_topic(*value, config);
  if (auto value = map.find("alarms_file")) output.alarms_file = value->text();
  if (auto value = map.find("alarms_topic"))
    output.alarms_topic = read_output_topic(*value, config);
  return output;
}

LogConfig read_log(const YamlNode& node) {
  const YamlMap map(node, {"level", "format"});
  LogConfig log;
  if (auto value = map.find("level")) {
    log.level = read_word(*value, {"debug", "info", "warning", "error"});
  }
  if (auto value = map.find("format")) log.format = read_word(*value, {"logfmt", "json"});
  return log;
}

TrainConfig read_train(const YamlNode& node) {
  const YamlMap map(node, {"unknown_false_alarm_rate"});
  TrainConfig train;
  if (auto value = map.find("unknown_false_alarm_rate")) {
    train.unknown_false_alarm_rate = value->number_above(0, 0.5);
  }
  return train;
}

}  // namespace

const std::string& AlarmConfig::severity_of(const std::string& fault_type) const {
  const auto found = severity.find(fault_type);
  return found == severity.end() ? default_severity : found->second;
}

std::string AlarmConfig::probable_cause_of(const std::string& fault_type) const {
  auto found = probable_cause.find(fault_type);
  if (found == probable_cause.end()) found = probable_cause.find("default");
  return found == probable_cause.end() ? "" : found->second;
}

GroupConfig& Config::group() { return const_cast<GroupConfig&>(std::as_const(*this).group()); }

const GroupConfig& Config::group() const {
  if (groups.size() != 1) throw std::logic_error("one group is needed of several");
  return groups.front();
}

Config Config::of_group(const GroupConfig& one) const {
  Config alone = *this;
  alone.groups = {one};
  return alone;
}

InputSpec Config::input_spec() const {
  InputSpec spec;
  spec.kpis = group().stream.kpis;
  std::stable_partition(spec.kpis.begin(), spec.kpis.end(),
                        [](const KpiSpec& kpi) { return !kpi.is_token(); });
  spec.period = group().stream.period;
  spec.window = group().stream.window;
  spec.max_gap = group().stream.max_gap;
  spec.baseline = group().stream.baseline;
  return spec;
}

Config parse(const std::string& text, const std::string& path) {
  const YamlNode root = YamlNode::parse(text, path);
  const YamlMap map(root, {"kafka", "groups", "stream", "model", "alarms", "inventory", "http",
                           "state", "output", "log", "train"});
  Config config;
  config.file = path;
  config.state.directory = default_state_directory();
  config.groups = read_groups(map, path);
  if (auto node = map.find("kafka")) config.kafka = read_kafka(*node, config.groups);
  if (auto node = map.find("inventory")) config.inventory = read_inventory(*node, path);
  complete_groups(map, config);
  if (auto node = map.find("http")) config.http = read_http(*node, path);
  if (auto node = map.find("state")) read_state(*node, path, config.kafka, config.state);
  if (auto node = map.find("output")) config.output = read_output(*node, config);
  if (auto node = map.find("log")) config.log = read_log(*node);
  if (auto node = map.find("train")) config.train = read_train(*node);
  config.lines = key_lines(root);
  return config;
}

Config load(const std::string& path) { return parse(read_text(path), path); }

void require_kafka(const Config& config) {
  const auto missing = [&](const std::string& key, const std::string& what) {
    return error_at(config, "kafka." + key, "is required by run: " + what);
  };
  if (config.kafka.brokers.empty()) throw missing("brokers", "host:port, comma separated");
  if (config.kafka.topics.empty()) throw missing("topics", "a list of at least one topic");
}

}  // namespace faultprint::config
