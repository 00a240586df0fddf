// The configuration as plain structs. One page documents every knob: the comments here, printed
// with their effective values by `faultprint check-config`.
#pragma once

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::config {

// A configuration that cannot be used; what() is "file:line: key: what is wrong and what is
// allowed". The process exits with kExitConfig.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
constexpr int kExitConfig = 78;  // EX_CONFIG of sysexits.h

enum class TimeUnit { automatic, seconds, milliseconds, microseconds, nanoseconds, rfc3339 };

constexpr const char* kKafkaKey = "{key}";

struct JsonConfig {
  // JSON pointer to its name; or put together: "{key}", "{header.NAME}", "{/site}/{/cell}".
  std::string element = "/element";
  std::string time = "/time";    // JSON pointer to the event time
  std::string kpis = "/kpis";    // json: pointer to the object of KPI values; "" = the record
  std::string kpi = "/kpi";      // json_value: pointer to the KPI's name
  std::string value = "/value";  // json_value: pointer to its value
  TimeUnit time_unit = TimeUnit::automatic;  // auto: text is RFC 3339, a number by its magnitude
};

// Where records of the other formats have what. Labels are a format's tags or header fields, by
// their names; {measurement}: what a set of values is called; {key}: the Kafka key; {header.NAME}:
// a header of the Kafka record.
struct RecordConfig {
  std::string element;  // the element's name, of labels: "{source}/{interface_name}"
  std::string kpi;      // a KPI's name, of labels and {field}, the value's own name
  TimeUnit time_unit = TimeUnit::automatic;
  std::string time = "time";         // csv: the column of the event time
  std::vector<std::string> columns;  // csv: their names; empty: a record's first row has them
  char separator = ',';              // csv
};

// Of one of kafka.topics: how its records are read, where not as the stream's.
struct TopicFormat {
  std::string topic;  // as it stands in kafka.topics
  std::string format;
  JsonConfig json;
  RecordConfig record;
  // What fields of stream.kpis are called there; the others as they are.
  std::map<std::string, std::string> from;
};

struct KafkaConfig {
  std::string brokers;                  // host:port, comma separated; required by `run`
  std::vector<std::string> topics;      // required by `run`; ^..: all whose names match
  std::vector<TopicFormat> formats;     // of those of them that do not have the stream's
  std::string group_id = "faultprint";  // consumer group
  std::string start = "earliest";       // earliest | latest: where a new group begins
  int workers = 1;                      // consumers in this process, 1..64
  std::string control_topic;            // of daemon/control_plans.h; empty: none
  // Any librdkafka property, passed through; a value ${NAME} or ${file:PATH} is looked up when a
  // client is made (resolve).
  std::map<std::string, std::string> properties;
  std::map<std::string, int> property_lines;  // where they stand in the file
};

// Everything about one group of elements: how their records become windows.
struct StreamConfig {
  Microseconds period{0};     // reporting granularity; required
  int window = 0;             // slots in a window, 2..10000; required
  Microseconds lateness{0};   // how late a record may come; default 2 periods
  std::vector<KpiSpec> kpis;  // required
  BaselineSpec baseline;      // {fast, slow, start} in slots or as durations, profile; or none
  bool stamp_end = false;     // stamp: start | end: which end of its period an event time is
  // Of times in RFC 3339 without an offset: UTC, +02:00, Europe/Berlin; "": they are refused.
  std::string timezone;
  int max_gap = 3;                                  // slots
  Microseconds max_future = std::chrono::hours(1);  // ahead of the Kafka record's own timestamp
  int stale_after = 10;  // slots without data after which an element counts as silent
  Microseconds forget_after = std::chrono::hours(24);  // a longer gap starts an element anew
  Microseconds warm_up{0};    // read back where there is no snapshot; default 2 (start + window)
  int max_elements = 100000;  // elements per partition; records of further ones are rejected
  int max_record_bytes = 262144;  // a larger record is rejected
  std::string format = "json";    // of a record; config/formats.h
  JsonConfig json;                // formats json and json_value
  RecordConfig record;            // all others
};

struct ModelConfig {
  std::string file;  // made absolute, relative to the configuration's folder; may be empty
};

struct SeverityRule {
  std::string fault_type = "*";  // glob
  std::string element = "*";     // glob
  Microseconds after{0};         // an alarm has been up for at least so long
  std::string severity;          // required
};

// An element's alarm of one type that is raised over and over is held up as one.
struct FlappingRule {
  int count = 0;           // flapping once it is raised so often (2..64); 0: nothing is held up
  Microseconds within{0};  // in so long; default 200 periods
  Microseconds hold{0};    // then cleared after so long without abnormal verdicts; 50 periods
};

// Alarms of a group of elements beyond a rate fold into one of the group.
struct FoldingRule {
  int above = 0;           // alarms raised in `within` that stand alone (1..10000); 0: none folds
  Microseconds within{0};  // default 1 min, or two periods where those are longer
  std::string by;          // one of inventory.labels: its values make the groups; "": one group
};

// Silence as an alarm of type `silent`.
struct SilenceRule {
  bool elements = false;  // of an element, after stream.stale_after; default true
  Microseconds topics{
      0};  // of a topic, after so long by the clock; default 2m and 4 periods; 0: none
};

struct AlarmConfig {
  int raise_count = 3;  // raise: m/n, raised when m of the last n verdicts are not normal
  int raise_of = 4;
  bool raise_given = false;  // in the file, not by default
  // raise_unknown: an alarm without a name takes more of them, as no known fault speaks for it.
  int raise_unknown_count = 8;
  int raise_unknown_of = 10;
  // Of the whole network: raise (where not given) and the margin of a fault are chosen by the
  // model's operating curve. 0: raise as it stands, no margin.
  double false_alarms_per_day = 0;
  // How often a window is expected to be of each label ("normal" or a fault type), together at most
  // 1; the others share the rest evenly. Empty: distances decide alone.
  std::map<std::string, double> priors;
  int clear = 6;  // cleared after so many normal verdicts in a row
  FlappingRule flapping;
  FoldingRule folding;
  SilenceRule silence;
  std::string default_severity = "major";  // severity.default
  // Fault type -> critical | major | minor | warning | indeterminate; "unknown" and "silent" are
  // too, the latter a warning where nothing else is said.
  std::map<std::string, std::string> severity;
  std::vector<SeverityRule> severity_rules;  // the first that fits wins over `severity`
  // Fault type -> what X.733 and 3GPP call its probable cause, in the words of who is told;
  // "default" is that of types without their own. Empty: none.
  std::map<std::string, std::string> probable_cause;
  // An alarm further behind the wall clock (catching up) is an event and no series, until the
  // stream has come to the present with it still up. 0: none.
  Microseconds max_age{0};
  std::string maintenance;  // a file of planned work (daemon/maintenance.h); empty: none
  std::string relearn;      // a file of baselines to learn anew (daemon/relearn_file.h); or empty

  const std::string& severity_of(const std::string& fault_type) const;
  std::string probable_cause_of(const std::string& fault_type) const;  // "": none
};

// Elements of one kind, and what is said of them alone.
struct GroupConfig {
  std::string name;                   // "": the only one, of a configuration without `groups`
  std::vector<std::string> elements;  // globs as a shell has them; empty: all
  std::vector<std::string> topics;    // of kafka.topics, as they stand there; empty: all
  // Globs of groups before it that read one of its topics: what they match is not this one's.
  std::vector<std::string> taken_before;
  StreamConfig stream;
  ModelConfig model;
  AlarmConfig alarms;

  bool reads_topic(const std::string& topic) const;  // by its own name
};

struct InventoryConfig {
  std::string file;                 // CSV with a column `element`; empty: none
  std::vector<std::string> labels;  // columns that become labels of alarms, at most 8
};

struct HttpConfig {
  std::string host = "127.0.0.1";  // http.listen: host:port; port 0 lets the system choose
  int port = 10480;
  bool reload = false;  // POST /-/reload
  // TLS and users (config/web_config.h), relative to the configuration's folder; empty: neither.
  std::string web_config_file;
};

struct StateConfig {
  // Snapshots, and lines of audit; default $STATE_DIRECTORY, else none are kept.
  std::string directory;
  std::string topic;  // compacted, at the same brokers: snapshots go there instead; empty: none
  Microseconds snapshot_every = std::chrono::minutes(1);
};

enum class VerdictOutput { none, abnormal, all };

struct OutputConfig {         // JSON lines appended by `run`
  std::string verdicts_file;  // empty: not written; "-": standard output
  VerdictOutput verdicts = VerdictOutput::abnormal;
  std::string alarms_file;
  // Topics at the same brokers; empty: not written. Records are keyed by element.
  std::string verdicts_topic;
  std::string alarms_topic;
};

struct LogConfig {
  std::string level = "info";     // debug | info | warning | error
  std::string format = "logfmt";  // logfmt | json
};

// Defaults of `faultprint train`; its command line wins.
struct TrainConfig {
  double unknown_false_alarm_rate = 0.001;  // share of known windows that may be called unknown
};

struct Config {
  std::string file;                  // as given
  std::map<std::string, int> lines;  // of its keys: config/key_lines.h
  KafkaConfig kafka;
  std::vector<GroupConfig> groups{1};  // one without a name, or those of the list `groups`
  InventoryConfig inventory;
  HttpConfig http;
  StateConfig state;
  OutputConfig output;
  LogConfig log;
  TrainConfig train;

  bool has_groups() const { return !groups.front().name.empty(); }
  // Of a configuration of one group alone: that one. std::logic_error where it has several.
  GroupConfig& group();
  const GroupConfig& group() const;
  // The configuration as it is for one of the groups alone.
  Config of_group(const GroupConfig& one) const;

  // What `train` starts from: the stream's part of an InputSpec, network still empty.
  InputSpec input_spec() const;
};

// Reads one YAML file, strictly: an unknown or repeated key, a wrong type or an impossible value is
// a ConfigError with its line. Keys that only `run` needs (kafka.brokers, kafka.topics) may be
// missing; require_kafka() asks for them.
Config load(const std::string& path);
Config parse(const std::string& text, const std::string& path);
void require_kafka(const Config& config);

// The effective configuration as YAML that load() accepts. Values of kafka.properties that look
// like secrets (password, secret, key, token, jaas) are masked.
std::string effective(const Config& config);

std::string format_duration(Microseconds d);  // the largest unit that divides it: "90s", "1h"

}  // namespace faultprint::config
