#include <algorithm>
#include <string>

#include "config/config.h"
#include "config/effective_alarms.h"
#include "config/format_config.h"
#include "config/formats.h"
#include "config/limits.h"
#include "config/reference.h"
#include "config/scalar.h"
#include "config/yaml_reader.h"
#include "config/yaml_writer.h"

namespace faultprint::config {
namespace {

// A mapping whose keys the user chose, one line each; "{}" where it is empty.
void write_map(YamlWriter& out, const std::string& name, const std::string& comment,
               const std::map<std::string, std::string>& map) {
  out.line(1, name + (map.empty() ? ": {}" : ":"), comment);
  for (const auto& [key, value] : map) out.line(2, quoted(key) + ": " + value, "");
}

const std::string& unit_name(TimeUnit unit) {
  return kTimeUnitNames[static_cast<std::size_t>(unit)];
}

std::string separator_name(char separator) {
  return separator == '\t' ? "tab" : std::string(1, separator);
}

constexpr const char* kTimeUnitWords = "auto | s | ms | us | ns | rfc3339";

void write_json(YamlWriter& out, const JsonConfig& json, const std::string& format) {
  out.line(1, "json:", "where a record has what: JSON pointers");
  out.line(2, "element: " + quoted(json.element),
           "the element's name; or of parts: \"{key}\", \"{header.NAME}\", \"{/site}/{/cell}\"");
  out.line(2, "time: " + quoted(json.time), "event time");
  if (format == "json") {
    out.line(2, "kpis: " + quoted(json.kpis), "object of KPI values; \"\": the whole record");
  } else {
    out.line(2, "kpi: " + quoted(json.kpi), "the KPI's name");
    out.line(2, "value: " + quoted(json.value), "its value");
  }
  out.line(2, "time_unit: " + unit_name(json.time_unit), kTimeUnitWords);
}

void write_record(YamlWriter& out, const RecordConfig& record, const std::string& format) {
  out.line(1, "record:", "where a record has what: {labels}; {key}, {header.NAME}: of Kafka");
  out.line(2, "element: " + quoted(record.element), "the element's name");
  if (!record.kpi.empty())
    out.line(2, "kpi: " + quoted(record.kpi),
             "a KPI's name; {measurement}, {field}: a value's own");
  out.line(2, "time_unit: " + unit_name(record.time_unit), kTimeUnitWords);
  if (format != "csv") return;
  out.line(2, "time: " + quoted(record.time), "the column of the event time");
  out.line(2, "columns: " + flow_list(record.columns), "in order; []: each record's first row");
  out.line(2, "separator: " + quoted(separator_name(record.separator)), "one character, or tab");
}

std::string flow_map(const std::map<std::string, std::string>& values) {
  std::string text;
  for (const auto& [key, value] : values)
    text += (text.empty() ? "" : ", ") + quoted(key) + ": " + quoted(value);
  return "{" + text + "}";
}

// A topic's own format, as a flow of what stream.json or stream.record would have.
std::string topic_text(const TopicFormat& topic) {
  std::string text = "{topic: " + quoted(topic.topic) + ", format: " + topic.format;
  if (!topic.from.empty()) text += ", from: " + flow_map(topic.from);
  const JsonConfig& json = topic.json;
  const RecordConfig& record = topic.record;
  if (format_of(topic.format).has_pointers()) {
    text += ", json: {element: " + quoted(json.element) + ", time: " + quoted(json.time);
    text += topic.format == "json"
                ? ", kpis: " + quoted(json.kpis)
                : ", kpi: " + quoted(json.kpi) + ", value: " + quoted(json.value);
    return text + ", time_unit: " + unit_name(json.time_unit) + "}}";
  }
  text += ", record: {element: " + quoted(record.element);
  if (!record.kpi.empty()) text += ", kpi: " + quoted(record.kpi);
  text += ", time_unit: " + unit_name(record.time_unit);
  if (topic.format == "csv") {
    text += ", time: " + quoted(record.time);
    if (!record.columns.empty()) text += ", columns: " + flow_list(record.columns);
    text += ", separator: " + quoted(separator_name(record.separator));
  }
  return text + "}}";
}

void write_topics(YamlWriter& out, const KafkaConfig& kafka) {
  const char* const what = "KPI records are read from these; ^..: from all that match";
  if (kafka.formats.empty())
    out.key("topics", flow_list(kafka.topics), what);
  else
    out.line(1, "topics:", what);
  for (const char* key :
       {"topic: as {topic: x, format: influx}, one that has a format of its own",
        "format: as stream.format", "json: as stream.json", "record: as stream.record",
        "from: {KPI: its name there}, where a field is called otherwise in that topic"})
    out.line(1, "", key);
  if (kafka.formats.empty()) return;
  for (const std::string& topic : kafka.topics) {
    const auto own = std::find_if(kafka.formats.begin(), kafka.formats.end(),
                                  [&](const TopicFormat& format) { return format.topic == topic; });
    out.line(2, "- " + (own == kafka.formats.end() ? quoted(topic) : topic_text(*own)), "");
  }
}

void write_kafka(YamlWriter& out, const KafkaConfig& kafka) {
  out.section("kafka");
  out.key("brokers", quoted(kafka.brokers), "host:port, comma separated; required by run");
  write_topics(out, kafka);
  out.key("group_id", quoted(kafka.group_id), "consumer group");
  out.key("start", kafka.start, "earliest | latest: where a new group begins");
  out.key("workers", kafka.workers, "consumers in this process, 1 to 64");
  out.key("control_topic", quoted(kafka.control_topic),
          "a topic that says planned work and what to learn anew; \"\": none");
  std::map<std::string, std::string> properties;
  for (const auto& [key, value] : kafka.properties) {
    properties[key] = quoted(is_secret(key) && !is_reference(value) ? "***" : value);
  }
  write_map(out, "properties", "any librdkafka property; secrets are shown as ***", properties);
}

std::string kpi_text(const KpiSpec& kpi) {
  std::string text = "{name: " + quoted(kpi.name) + ", kind: " + name(kpi.kind);
  if (!kpi.is_token()) text += std::string(", scale: ") + name(kpi.scale);
  if (kpi.kind == KpiKind::text) {
    text +=
        std::string(", tokens: ") + name(kpi.tokens) + ", length: " + std::to_string(kpi.length);
  }
  if (kpi.is_token()) text += ", buckets: " + std::to_string(kpi.buckets);
  if (kpi.kind == KpiKind::ratio) {
    text += ", numerator: " + quoted(kpi.numerator) + ", denominator: " + quoted(kpi.denominator) +
            ", min_attempts: " + format_decimal(kpi.min_attempts);
    if (kpi.cumulative) text += ", cumulative: true";
  }
  if (kpi.from.size() == 1) text += ", from: " + quoted(kpi.from[0]);
  if (kpi.from.size() > 1) text += ", from: " + flow_list(kpi.from);
  if (kpi.factor != 1) text += ", factor: " + format_decimal(kpi.factor);
  if (!kpi.unit.empty()) text += ", unit: " + quoted(kpi.unit);
  if (kpi.optional) text += ", optional: true";
  return text + "}";
}

void write_kpis(YamlWriter& out, const std::vector<KpiSpec>& kpis) {
  out.line(1, "kpis:", "what an element reports: a list of 1 to " + std::to_string(kMaxKpis));
  // Also the manual's text (daemon/manual/configuration_page.cpp): "key: what it is".
  for (const char* key :
       {"name: as in the records", "kind: gauge | counter | delta | ratio | flag | state | text",
        "scale: linear | log; log for volumes. Not for state, text",
        "numerator: of a ratio: the field above", "denominator: of a ratio: the field below",
        "min_attempts: of a ratio: with a smaller denominator it is missing",
        "cumulative: of a ratio: true where both are counters",
        "from: the field in the records; [a, b] or x.*: their sum",
        "factor: what reported values are multiplied by", "unit: of the product, for people",
        "optional: true where not every element has it: no slot waits for it",
        "tokens: of a text: characters | words", "length: of a text: tokens that are read, 1 to 64",
        "buckets: of a state or text: rows that its tokens are hashed into"}) {
    out.line(1, "", key);
  }
  for (const KpiSpec& kpi : kpis) out.line(2, "- " + kpi_text(kpi), "");
}

void write_baseline(YamlWriter& out, const BaselineSpec& baseline) {
  if (baseline.none) {
    out.key("baseline", "none",
            "the training data's mean and deviation; or fast, slow, start, profile");
    return;
  }
  out.line(1, "baseline:", "what is normal for an element, learned live; or none");
  out.line(2, "fast: " + format_decimal(baseline.fast), "slots; time constant");
  out.line(2, "slow: " + format_decimal(baseline.slow), "slots; time constant of the slow one");
  out.line(2, "start: " + std::to_string(baseline.start), "slots that give the first level");
  out.line(2, std::string("profile: ") + name(baseline.profile),
           "none, daily or weekly: the usual course of a day or week, in UTC, learned too");
}

void write_format(YamlWriter& out, const StreamConfig& stream) {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.push_back(format.name);
  out.key("format", stream.format, "of a record: " + joined(names, " or "));
  if (format_of(stream.format).has_pointers())
    write_json(out, stream.json, stream.format);
  else
    write_record(out, stream.record, stream.format);
}

void write_stream(YamlWriter& out, const StreamConfig& stream) {
  out.section("stream");
  out.key("period", stream.period, "reporting period = one slot; 1ms to 1d");
  out.key("window", stream.window, "slots in a window, 2 to 10000");
  out.key("lateness", stream.lateness,
          "how late a record may come; in history files, how far out of time order");
  write_kpis(out, stream.kpis);
  write_baseline(out, stream.baseline);
  out.key("stamp", stream.stamp_end ? "end" : "start",
          "which end of its period an event time is; ves and perf3gpp say both");
  out.key(
      "timezone", quoted(stream.timezone),
      "of times without an offset: UTC, as +02:00, or a zone as Europe/Berlin; \"\": such a time "
      "is rejected");
  out.key("max_gap", stream.max_gap, "slots a gauge's last value is carried over, 0 to 1000");
  out.key("max_future", stream.max_future, "a record further ahead is rejected");
  out.key("stale_after", stream.stale_after, "slots; an element quiet for longer is silent");
  out.key("forget_after", stream.forget_after, "after a longer gap an element starts anew");
  out.key("warm_up", stream.warm_up, "read back at a start without a snapshot");
  out.key("max_elements", stream.max_elements, "elements per partition; further are rejected");
  out.key("max_record_bytes", stream.max_record_bytes, "bytes; a larger record is rejected");
  write_format(out, stream);
}

void write_group(YamlWriter& out, const GroupConfig& group) {
  write_stream(out, group.stream);
  out.section("model");
  out.key("file", quoted(group.model.file), "made by train; relative to this file; \"\": none");
  write_alarms(out, group.alarms);
}

void write_groups(YamlWriter& out, const std::vector<GroupConfig>& groups) {
  out.section("groups");
  for (const GroupConfig& group : groups) {
    out.line(1, "- name: " + quoted(group.name), "in ids, and as label element_group");
    if (!group.elements.empty())
      out.line(2, "elements: " + flow_list(group.elements),
               "globs; the first group that fits has it");
    if (!group.topics.empty())
      out.line(2, "topics: " + flow_list(group.topics), "of kafka.topics; left out: all");
    out.nest(2);
    write_group(out, group);
    out.nest(0);
  }
}

void write_http(YamlWriter& out, const HttpConfig& http) {
  const bool v6 = http.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + http.host + "]" : http.host;
  out.section("http");
  out.key("listen", quoted(host + ":" + std::to_string(http.port)),
          "host:port; port 0: the system chooses");
  out.key("reload", http.reload ? "true" : "false", "whether POST /-/reload is served");
  out.key(
      "web_config_file", quoted(http.web_config_file),
      "TLS and users, as Prometheus has them (tls_server_config, basic_auth_users); \"\": none");
}

void write_state(YamlWriter& out, const StateConfig& state) {
  out.section("state");
  out.key("directory", quoted(state.directory), "snapshots, audit; \"\": none are kept");
  out.key("topic", quoted(state.topic), "a compacted topic for the snapshots instead; \"\": none");
  out.key("snapshot_every", state.snapshot_every, "between two snapshots; 1ms to 1d");
}

void write_output(YamlWriter& out, const OutputConfig& output) {
  const char* const verdicts = output.verdicts == VerdictOutput::all    ? "all"
                               : output.verdicts == VerdictOutput::none ? "none"
                                                                        : "abnormal";
  out.section("output");
  out.key("verdicts_file", quoted(output.verdicts_file), "JSON lines; \"\": none, \"-\": stdout");
  out.key("verdicts", verdicts, "all | abnormal | none");
  out.key("verdicts_topic", quoted(output.verdicts_topic), "a Kafka topic; \"\": none");
  out.key("alarms_file", quoted(output.alarms_file), "JSON lines; \"\": none, \"-\": stdout");
  out.key("alarms_topic", quoted(output.alarms_topic), "a Kafka topic; \"\": none");
}

}  // namespace

std::string effective(const Config& config) {
  YamlWriter out;
  write_kafka(out, config.kafka);
  if (config.has_groups())
    write_groups(out, config.groups);
  else
    write_group(out, config.group());
  write_inventory(out, config.inventory);
  write_http(out, config.http);
  write_state(out, config.state);
  write_output(out, config.output);
  out.section("log");
  out.key("level", config.log.level, "debug | info | warning | error");
  out.key("format", config.log.format, "logfmt | json");
  out.section("train");
  out.key("unknown_false_alarm_rate", format_decimal(config.train.unknown_false_alarm_rate),
          "share of known windows that may be called unknown, above 0 to 0.5");
  return out.take();
}

}  // namespace faultprint::config
