#include "config/config.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "config/time_zone.h"

namespace faultprint::config {
namespace config_test {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kFolder = std::string(FAULTPRINT_TEST_DATA) + "/config/";
const std::string kMinimal = "stream: {period: 5s, window: 12, kpis: [{name: a}]}\n";

Config parsed(const std::string& text) { return parse(text, "/etc/fp/c.yaml"); }

std::string message_of(const std::string& text) {
  try {
    parsed(text);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

// STATE_DIRECTORY for one test; whoever runs the tests may have one of their own.
class StateDirectory {
 public:
  explicit StateDirectory(const char* value) { ::setenv("STATE_DIRECTORY", value, 1); }
  ~StateDirectory() { ::unsetenv("STATE_DIRECTORY"); }
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;
};

TEST_CASE("a minimal configuration has the documented defaults") {
  const Config config = load(kFolder + "minimal.yaml");
  const StreamConfig& stream = config.group().stream;
  CHECK(stream.period == seconds(5));
  CHECK(stream.window == 12);
  CHECK(stream.lateness == seconds(10));
  CHECK(stream.max_gap == 3);
  CHECK(stream.baseline == BaselineSpec{});
  CHECK(stream.warm_up == seconds(2 * (36 + 12) * 5));
  CHECK(stream.forget_after == hours(24));
  REQUIRE(stream.kpis.size() == 1);
  CHECK(stream.kpis[0].name == "in_kbps");
  CHECK(stream.kpis[0].kind == KpiKind::gauge);
  CHECK(stream.kpis[0].scale == KpiScale::linear);
  CHECK(config.group().model.file.empty());
  CHECK(config.http.port == 10480);
  CHECK(config.file == kFolder + "minimal.yaml");
}

TEST_CASE("the example of the documentation is read as it stands") {
  const Config config = load(kFolder + "example.yaml");
  CHECK(config.kafka.brokers == "127.0.0.1:9092");
  CHECK(config.kafka.topics == std::vector<std::string>{"kpi"});
  REQUIRE(config.group().stream.kpis.size() == 3);
  CHECK(config.group().stream.kpis[1].kind == KpiKind::counter);
  CHECK(config.group().stream.kpis[2] == KpiSpec{.name = "success",
                                                 .kind = KpiKind::ratio,
                                                 .numerator = "ok",
                                                 .denominator = "att",
                                                 .min_attempts = 10,
                                                 .from = {},
                                                 .unit = {}});
  CHECK(config.group().alarms.severity_of("port_flap") == "critical");
  CHECK(config.group().alarms.severity_of("anything else") == "major");
  CHECK_NOTHROW(require_kafka(config));
}

TEST_CASE("every key is read") {
  const Config config = load(kFolder + "everything.yaml");
  const StreamConfig& stream = config.group().stream;
  CHECK(config.kafka.start == "latest");
  CHECK(config.kafka.workers == 2);
  CHECK(config.kafka.control_topic == "control");
  CHECK(config.kafka.topics[1] == "404");
  CHECK(config.kafka.properties.at("sasl.password") == "open \"sesame\"");
  CHECK(config.kafka.properties.at("queued.min.messages") == "1000000");
  CHECK(config.kafka.properties.at("log.connection.close") == "false");
  CHECK(stream.period == milliseconds(1500));
  CHECK(stream.lateness == seconds(0));
  CHECK(stream.kpis[0].scale == KpiScale::log);
  CHECK(stream.kpis[4].optional);
  CHECK_FALSE(stream.kpis[0].optional);
  CHECK(stream.baseline.fast == 400);
  CHECK(stream.baseline.slow == 14400);
  CHECK(stream.baseline.profile == DayProfile::weekly);
  CHECK(stream.stamp_end);
  CHECK(stream.timezone == "-04:30");
  CHECK(stream.max_gap == 0);
  CHECK(stream.max_future == std::chrono::minutes(90));
  CHECK(stream.stale_after == 40);
  CHECK(stream.forget_after == hours(7 * 24));
  CHECK(stream.warm_up == hours(48));
  CHECK(stream.max_elements == 10000000);
  CHECK(stream.max_record_bytes == 100000000);
  CHECK(stream.json.time == "/a~1b/~0t");
  CHECK(stream.json.kpis.empty());
  CHECK(stream.json.time_unit == TimeUnit::milliseconds);
  CHECK(config.group().alarms.raise_of == 1);
  CHECK(config.group().alarms.raise_unknown_count == 2);
  CHECK(config.group().alarms.raise_unknown_of == 3);
  CHECK(config.group().alarms.clear == 1);
  CHECK_FALSE(config.group().alarms.silence.elements);
  CHECK(config.group().alarms.silence.topics == std::chrono::minutes(7));
  CHECK(config.group().alarms.folding.above == 5);
  CHECK(config.group().alarms.folding.within == std::chrono::minutes(3));
  CHECK(config.group().alarms.folding.by == "site");
  CHECK(config.group().alarms.flapping.count == 3);
  CHECK(config.group().alarms.flapping.within == hours(2));
  CHECK(config.group().alarms.flapping.hold == std::chrono::minutes(15));
  CHECK(config.group().alarms.severity.size() == 4);  // silent has one by default
  CHECK(config.group().alarms.maintenance.ends_with("/planned/work.csv"));
  CHECK(config.group().alarms.relearn.ends_with("/planned/relearn.csv"));
  CHECK(config.group().alarms.max_age == std::chrono::hours(2));
  CHECK(config.group().alarms.probable_cause_of("port_flap") == "lossOfSignal");
  CHECK(config.group().alarms.probable_cause_of("other") == "indeterminate");
  CHECK(AlarmConfig().probable_cause_of("other").empty());
  REQUIRE(config.group().alarms.severity_rules.size() == 1);
  CHECK(config.group().alarms.severity_rules[0].fault_type == "*");
  CHECK(config.group().alarms.severity_rules[0].element == "core*");
  CHECK(config.group().alarms.severity_rules[0].after == std::chrono::minutes(10));
  CHECK(config.inventory.file.ends_with("/inventory.csv"));
  CHECK(config.inventory.labels == std::vector<std::string>{"site", "region"});
  CHECK(config.http.host == "::1");
  CHECK(config.http.port == 0);
  CHECK(config.http.reload);
  CHECK(config.http.web_config_file.ends_with("/web.yml"));
  CHECK(config.state.topic == "faultprint-state");
  CHECK(config.state.snapshot_every == milliseconds(500));
  CHECK(config.output.verdicts_file == "-");
  CHECK(config.output.verdicts == VerdictOutput::all);
  CHECK(config.output.alarms_file == "alarms.jsonl");
  CHECK(config.output.verdicts_topic == "verdicts");
  CHECK(config.output.alarms_topic == "alarms");
  CHECK(config.log.level == "debug");
  CHECK(config.log.format == "json");
  CHECK(config.train.unknown_false_alarm_rate == 0.5);
}

TEST_CASE("what counts as flapping follows from the period, and can be switched off") {
  const auto flapping = [](const std::string& text) {
    const Config config = parsed(kMinimal + text);
    CHECK(effective(parsed(effective(config))) == effective(config));
    return config.group().alarms.flapping;
  };
  for (const char* text : {"", "alarms: {clear: 2}\n", "alarms: {flapping: {}}\n"}) {
    CHECK(flapping(text).count == 5);
    CHECK(flapping(text).within == seconds(1000));
    CHECK(flapping(text).hold == seconds(250));
  }
  CHECK(flapping("alarms: {flapping: {hold: 10m}}\n").hold == seconds(600));
  CHECK(flapping("alarms: {flapping: {hold: 10m}}\n").count == 5);
  CHECK(flapping("alarms: {flapping: none}\n").count == 0);
}

TEST_CASE("alarms fold beyond a rate by default, and need not") {
  const auto folding = [](const std::string& text) {
    const Config config = parsed(text);
    CHECK(effective(parsed(effective(config))) == effective(config));
    return config.group().alarms.folding;
  };
  CHECK(folding(kMinimal).above == 20);
  CHECK(folding(kMinimal).within == std::chrono::minutes(1));
  CHECK(folding(kMinimal).by.empty());
  CHECK(folding("stream: {period: 15m, window: 12, kpis: [{name: a}]}\n").within ==
        std::chrono::minutes(30));
  CHECK(folding(kMinimal + "alarms: {folding: none}\n").above == 0);
  CHECK(folding(kMinimal + "alarms: {folding: {above: 3}}\n").above == 3);
}

TEST_CASE("silence is an alarm of severity warning by default") {
  const auto alarms = [](const std::string& text) {
    const Config config = parsed(kMinimal + text);
    CHECK(effective(parsed(effective(config))) == effective(config));
    return config.group().alarms;
  };
  CHECK(alarms("").silence.elements);
  CHECK(alarms("").silence.topics == seconds(140));
  CHECK(alarms("alarms: {silence: {topics: none}}\n").silence.elements);
  CHECK(alarms("alarms: {silence: {topics: none}}\n").silence.topics == seconds(0));
  CHECK_FALSE(alarms("alarms: {silence: none}\n").silence.elements);
  CHECK(alarms("alarms: {silence: none}\n").silence.topics == seconds(0));
  CHECK(alarms("alarms: {severity: {default: critical}}\n").severity_of("silent") == "warning");
  CHECK(alarms("alarms: {severity: {silent: major}}\n").severity_of("silent") == "major");
}

TEST_CASE("a rate of false alarms chooses raise, unless that is given") {
  const auto alarms = [](const std::string& text) {
    return parsed(kMinimal + "alarms: {" + text + "}\n").group().alarms;
  };
  CHECK(alarms("clear: 2").false_alarms_per_day == 0);
  CHECK(alarms("false_alarms_per_day: none").false_alarms_per_day == 0);
  CHECK(alarms("false_alarms_per_day: 0.5").false_alarms_per_day == 0.5);
  CHECK_FALSE(alarms("false_alarms_per_day: 2, raise: auto").raise_given);
  CHECK(alarms("false_alarms_per_day: 2, raise: 3/4").raise_given);
  for (const char* text :
       {"clear: 2", "false_alarms_per_day: 2", "false_alarms_per_day: 2, raise: 2/3"}) {
    const std::string shown = effective(parsed(kMinimal + "alarms: {" + text + "}\n"));
    CHECK(effective(parsed(shown)) == shown);
  }
}

TEST_CASE("a topic may have a format of its own, with that one's defaults") {
  const KafkaConfig kafka = load(kFolder + "topics_of_several_formats.yaml").kafka;
  CHECK(kafka.topics == std::vector<std::string>{"kpi", "^pm-.*", "one", "rows"});
  REQUIRE(kafka.formats.size() == 3);
  CHECK(kafka.formats[0].topic == "^pm-.*");
  CHECK(kafka.formats[0].record.element == "{host}/{header.site}");
  CHECK(kafka.formats[1].json.kpi == "/kpi");
  CHECK(kafka.formats[1].json.time_unit == TimeUnit::milliseconds);
  CHECK(kafka.formats[2].record.separator == '\t');
  CHECK(kafka.formats[2].record.element == "{element}");
  CHECK(kafka.formats[0].from.empty());
  CHECK(kafka.formats[2].from == std::map<std::string, std::string>{{"in", "ifHCInOctets"}});
}

TEST_CASE("what a format needs is read, and has defaults of its own") {
  const StreamConfig csv = load(kFolder + "format_csv.yaml").group().stream;
  CHECK(csv.format == "csv");
  CHECK(csv.record.columns == std::vector<std::string>{"ts", "site", "cell", "in_kbps"});
  CHECK(csv.record.time == "ts");
  CHECK(csv.record.time_unit == TimeUnit::milliseconds);
  CHECK(csv.record.separator == '\t');
  CHECK(csv.record.element == "{site}/{cell}");
  CHECK(csv.record.kpi.empty());
  CHECK(load(kFolder + "format_gnmic.yaml").group().stream.record.kpi == "{measurement}:{field}");
  const JsonConfig json = load(kFolder + "format_json_value.yaml").group().stream.json;
  CHECK(json.element == kKafkaKey);
  CHECK(json.kpi == "/name");
  CHECK(json.value == "/v/0");
  const auto record = [](const std::string& format) {
    return parsed("stream: {period: 5s, window: 12, kpis: [{name: a}], format: " + format + "}")
        .group()
        .stream.record;
  };
  CHECK(record("influx").element == "{host}");
  CHECK(record("influx").kpi == "{measurement}.{field}");
  CHECK(record("perf3gpp").element == "{sourceName}/{measObjInstId}");
  CHECK(record("json").element.empty());
}

TEST_CASE("a duration that ends within a slot takes the whole slot") {
  const Config config = load(kFolder + "everything.yaml");
  CHECK(config.group().stream.baseline.start == 7);  // 10s of 1.5s
}

TEST_CASE("no baseline can be asked for") {
  CHECK(load(kFolder + "baseline_none.yaml").group().stream.baseline.none);
}

TEST_CASE("an alias stands for its value") {
  CHECK(load(kFolder + "anchor_and_alias.yaml").group().stream.lateness == seconds(5));
}

TEST_CASE("text that makes yaml-cpp run for ever is refused") {
  CHECK(message_of(",kafka: {broke").find(" yaml: stray text") != std::string::npos);
}

TEST_CASE("an alias of itself or of many is an error, not a crash or a feast") {
  CHECK(message_of("stream: &s {period: 5s, window: 12, kpis: [*s]}").find("unknown key") !=
        std::string::npos);
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string name = "a" + std::to_string(i);
    bomb.append(name).append(": &").append(name).append(" [");
    for (int k = 0; k < 9; ++k) bomb.append("*a").append(std::to_string(i - 1)).append(", ");
    bomb += "x]\n";
  }
  CHECK(message_of(bomb).rfind("/etc/fp/c.yaml:1: a0: unknown key", 0) == 0);
}

TEST_CASE("the effective configuration is accepted and its own effective configuration") {
  for (const char* name :
       {"minimal", "example", "everything", "baseline_none", "format_csv", "format_gnmic",
        "format_json_value", "topics_of_several_formats", "groups"}) {
    CAPTURE(name);
    const std::string once = effective(load(kFolder + name + ".yaml"));
    CHECK(effective(parsed(once)) == once);
  }
}

TEST_CASE("the effective configuration hides secrets and shows where files are") {
  const std::string text = effective(load(kFolder + "everything.yaml"));
  CHECK(text.find("sesame") == std::string::npos);
  CHECK(text.find("BEGIN PRIVATE KEY") == std::string::npos);
  CHECK(text.find(R"("sasl.password": "***")") != std::string::npos);
  CHECK(text.find(R"("ssl.key.location": "/etc/faultprint/client.key")") != std::string::npos);
  Config config = parsed(kMinimal);
  for (const char* key : {"SASL.JAAS.config", "a.token", "client.secret", "ssl.key", "apiKey"}) {
    config.kafka.properties[key] = "hidden-value";
  }
  CHECK(effective(config).find("hidden-value") == std::string::npos);
}

TEST_CASE("the installed example is accepted") {
  const std::string file = std::string(FAULTPRINT_TEST_DATA) + "/../../systemd/faultprint.yaml";
  const Config config = load(file);
  CHECK_NOTHROW(require_kafka(config));
  CHECK(config.group().model.file == "/var/lib/faultprint/model.safetensors");
}

TEST_CASE("model and state are relative to the configuration, outputs to the process") {
  const Config config = parsed(kMinimal +
                               "model: {file: ../m.safetensors}\n"
                               "state: {directory: state}\n"
                               "output: {verdicts_file: v.jsonl}\n");
  CHECK(config.group().model.file == "/etc/m.safetensors");
  CHECK(config.state.directory == "/etc/fp/state");
  CHECK(config.output.verdicts_file == "v.jsonl");
  const auto here = std::filesystem::current_path() / "m";
  CHECK(parse(kMinimal + "model: {file: m}\n", "c.yaml").group().model.file == here);
}

TEST_CASE("the state directory of systemd is the default, the first of several") {
  const StateDirectory environment("/var/lib/fp:/var/lib/other");
  CHECK(parsed(kMinimal).state.directory == "/var/lib/fp");
  CHECK(parsed(kMinimal + "state: {snapshot_every: 1s}\n").state.directory == "/var/lib/fp");
  CHECK(parsed(kMinimal + "state: {directory: /s}\n").state.directory == "/s");
  CHECK(parsed(kMinimal + "state: {directory: \"\"}\n").state.directory.empty());
}

TEST_CASE("run asks for brokers and topics, other commands do not") {
  const auto missing = [](const std::string& kafka) {
    try {
      require_kafka(parsed(kMinimal + kafka));
      return std::string();
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
  };
  CHECK(missing("") ==
        "/etc/fp/c.yaml:1: kafka.brokers: is required by run: host:port, comma separated");
  CHECK(missing("kafka: {brokers: b}\n") ==
        "/etc/fp/c.yaml:2: kafka.topics: is required by run: a list of at least one topic");
}

TEST_CASE("what cannot be read is said with the system's reason") {
  CHECK_THROWS_WITH_AS(load("/nonexistent/c.yaml"),
                       "/nonexistent/c.yaml: cannot be read: No such file or directory",
                       ConfigError);
  CHECK_THROWS_WITH_AS(load("/tmp"), "/tmp: cannot be read: Is a directory", ConfigError);
  CHECK_THROWS_WITH_AS(load("/dev/zero"), "/dev/zero: cannot be read: larger than 16 MiB",
                       ConfigError);
}

TEST_CASE("at most 4096 KPIs are accepted") {
  std::string text = "stream:\n  period: 5s\n  window: 12\n  kpis:\n";
  for (int i = 0; i < 4096; ++i) text += "    - {name: k" + std::to_string(i) + "}\n";
  CHECK(parsed(text).group().stream.kpis.size() == 4096);
  CHECK(message_of(text + "    - {name: more}\n") ==
        "/etc/fp/c.yaml:4: stream.kpis: must be a list of 1 to 4096 KPIs, not of 4097");
}

TEST_CASE("a long or broken value is shown shortened and on one line") {
  CHECK(message_of("\"a\\nb\": 1\n").rfind("/etc/fp/c.yaml:1: a?b: unknown key", 0) == 0);
  const std::string message = message_of(kMinimal + "log: {level: " + std::string(500, 'x') + "}");
  CHECK(message == "/etc/fp/c.yaml:2: log.level: must be debug, info, warning or error, not " +
                       std::string(60, 'x') + "...");
}

TEST_CASE("states and texts stand behind the numbers, whatever the order of the configuration") {
  const InputSpec spec =
      parsed(
          "stream: {period: 5s, window: 12, kpis: [{name: s, kind: state}, {name: a}, "
          "{name: t, kind: text, tokens: characters, length: 6}, {name: b, kind: flag}]}\n")
          .input_spec();
  std::vector<std::string> names;
  for (const KpiSpec& kpi : spec.kpis) names.push_back(kpi.name);
  CHECK(names == std::vector<std::string>{"a", "b", "s", "t"});
  CHECK(spec.numbers() == 2);
  CHECK(spec.columns() == 2 + 1 + 6);
  CHECK(spec.fields() == names);
  CHECK(spec.token_kpis() == std::vector<KpiSpec>{spec.kpis[2], spec.kpis[3]});
  CHECK(spec.kpis[2].buckets == 1024);
  CHECK(spec.kpis[3].buckets == 256);
}

TEST_CASE("a configuration gives training its input spec") {
  const Config config = load(kFolder + "everything.yaml");
  const InputSpec spec = config.input_spec();
  CHECK(spec.kpis == config.group().stream.kpis);
  CHECK(spec.period == milliseconds(1500));
  CHECK(spec.window == 40);
  CHECK(spec.max_gap == 0);
  CHECK(spec.baseline == config.group().stream.baseline);
  CHECK(spec.network.empty());
}

}  // namespace config_test
}  // namespace faultprint::config
