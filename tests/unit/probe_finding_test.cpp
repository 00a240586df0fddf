// Whole feeds: what is found in them, and that the configuration made of it reads them.
#include <doctest/doctest.h>

#include "daemon/probe/configuration_text.h"
#include "daemon/probe/trial_run.h"
#include "error_of.h"
#include "probe_records.h"

namespace faultprint::daemon::probe {
namespace probe_finding_test {

using test::belief_of;
using test::probe_records;

const std::vector<std::string> kCells{"c1", "c2", "c3", "c4"};

std::string number(double x) { return std::to_string(x); }

double load(int slot) { return 10 + (slot * 7) % 5; }
std::string kpi_json(const std::string& element, std::int64_t time, const std::string& kpi,
                     double value) {
  return R"({"element":")" + element + R"(","time":)" + std::to_string(time) + R"(,"kpis":{")" +
         kpi + R"(":)" + number(value) + "}}";
}

double octets(int slot) { return 1e6 + 100.0 * slot * (slot + 1); }

Source topic() {
  Source source;
  source.kafka.brokers = "127.0.0.1:9092";
  source.kafka.topics = {"kpi"};
  return source;
}

// What is found, after its configuration has read all of the records.
Finding found(const Records& records, std::size_t samples) {
  Finding finding = find_out(records, false, "");
  const std::string text = configuration_text(finding, topic());
  CAPTURE(text);
  const TrialRun run = try_records(config::parse(text, "made.yaml"), records);
  CHECK(run.samples == samples);
  CHECK(finding.period.value == std::chrono::minutes(1));
  CHECK(finding.reading.elements.size() == kCells.size());
  return finding;
}

TEST_CASE("json with nested objects: element, time and KPIs are found by pointer") {
  const auto records = probe_records(50, kCells, [](const auto& cell, auto time, int slot) {
    return R"({"header":{"cellName":")" + cell + R"(","ts":)" + std::to_string(time * 1000) +
           R"(,"seq":)" + std::to_string(slot) + R"(},"data":{"pm":{"load":)" + number(load(slot)) +
           R"(,"octets":)" + number(octets(slot)) + R"(,"state":")" +
           (slot % 9 == 0 ? "down" : "up") + R"("}},"hist":[1,2]})";
  });
  const Finding finding = found(records, 200);
  const config::StreamConfig& stream = finding.reading.stream;
  CHECK(stream.format == "json");
  CHECK((stream.json.element == "/header/cellName" || stream.json.element == "{key}"));
  CHECK(stream.json.time == "/header/ts");
  CHECK(stream.json.time_unit == config::TimeUnit::milliseconds);
  CHECK(stream.json.kpis == "/data/pm");
  REQUIRE(finding.kpis.size() == 3);
  CHECK(belief_of(finding, "octets")->spec.kind == config::KpiKind::counter);
  CHECK(belief_of(finding, "state")->spec.kind == config::KpiKind::state);
  bool array = false;
  for (const std::string& doubt : finding.doubts) array = array || doubt.find("/hist") < 60;
  CHECK(array);
}

TEST_CASE("flat json, its element by the Kafka key alone") {
  const auto records = probe_records(50, kCells, [](const auto&, auto time, int slot) {
    return R"({"timestamp":)" + std::to_string(time) + R"(,"load":)" + number(load(slot)) + "}";
  });
  const Finding finding = found(records, 200);
  CHECK(finding.reading.stream.json.element == "{key}");
  CHECK(finding.reading.stream.json.kpis.empty());
  CHECK(finding.kpis.size() == 1);
}

TEST_CASE("one value a record: which field names the KPI, and which the element") {
  Records records = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    return R"({"node":")" + cell + R"(","at":)" + std::to_string(time) +
           R"(,"counter":"load","v":)" + number(load(slot)) + "}";
  });
  const Records more = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    return R"({"node":")" + cell + R"(","at":)" + std::to_string(time) +
           R"(,"counter":"octets","v":)" + number(octets(slot)) + "}";
  });
  records.insert(records.end(), more.begin(), more.end());
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
  const Finding finding = found(records, 320);
  const config::StreamConfig& stream = finding.reading.stream;
  CHECK(stream.format == "json_value");
  CHECK(stream.json.kpi == "/counter");
  CHECK(stream.json.value == "/v");
  CHECK(finding.kpis.size() == 2);
}

TEST_CASE("influx lines, with the interface in the element's name where the host repeats") {
  const auto records = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    std::string lines;
    for (const char* interface : {"eth0", "eth1"})
      lines += "net,host=" + cell + ",ifName=" + interface + " load=" + number(load(slot)) +
               ",octets=" + number(octets(slot)) + " " + std::to_string(time) + "000000000\n";
    return lines;
  });
  const Finding finding = find_out(records, false, "");
  CHECK(finding.reading.stream.format == "influx");
  CHECK(finding.reading.stream.record.element == "{host}/{ifName}");
  CHECK(finding.reading.elements.size() == 8);
  CHECK(belief_of(finding, "net.octets")->spec.kind == config::KpiKind::counter);
  const auto config = config::parse(configuration_text(finding, topic()), "made.yaml");
  CHECK(try_records(config, records).samples == 320);
}

TEST_CASE("telegraf, gnmic and csv are told from json and from each other") {
  const auto telegraf = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    return R"({"name":"cpu","tags":{"host":")" + cell + R"("},"fields":{"load":)" +
           number(load(slot)) + R"(},"timestamp":)" + std::to_string(time) + "}";
  });
  CHECK(found(telegraf, 160).reading.stream.format == "telegraf");
  const auto gnmic = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    return R"([{"name":"sub","timestamp":)" + std::to_string(time) +
           R"(000000000,"tags":{"source":")" + cell + R"("},"values":{"/load":")" +
           number(load(slot)) + R"("}}])";
  });
  CHECK(found(gnmic, 160).reading.stream.format == "gnmic");
  const auto csv = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    return "when;cell;load\n" + std::to_string(time) + ";" + cell + ";" + number(load(slot)) + "\n";
  });
  const Finding rows = found(csv, 160);
  CHECK(rows.reading.stream.format == "csv");
  CHECK(rows.reading.stream.record.separator == ';');
  CHECK(rows.reading.stream.record.columns.empty());
}

TEST_CASE("rows without a header get names for their columns, and that is doubted") {
  const auto csv = probe_records(40, kCells, [](const auto& cell, auto time, int slot) {
    return std::to_string(time) + "," + cell + "," + number(load(slot)) + "," +
           number(octets(slot));
  });
  const Finding finding = found(csv, 160);
  CHECK(finding.reading.stream.record.columns ==
        std::vector<std::string>{"time", "element", "column3", "column4"});
  CHECK(!finding.doubts.empty());
}

TEST_CASE("where nothing can be made of the records, what was tried is told") {
  const auto what = [](const std::string& payload, int slots = 10) {
    return test::error_of([&] {
      find_out(probe_records(slots, kCells, [&](const auto&, auto, int) { return payload; }), false,
               "");
    });
  };
  CHECK(what(std::string("\0\0\0\0\7\x0a\xff\x01", 8)).find("40 of 40 records are not text") == 0);
  CHECK(what("hello").find("no format can be made of these records. The first is\n  hello") == 0);
  CHECK(what(R"({"element":"a","time":1700000000,"note":"x"})").find("json: no numeric field") !=
        std::string::npos);
  CHECK(what(R"({"element":"a","x":1})").find("json: no field is an event time") !=
        std::string::npos);
  CHECK(what(R"({"element":"a","time":1700000000,"x":5})").find("no element reports twice") == 0);
}

TEST_CASE("records of another form among them are counted, not hidden") {
  auto records = probe_records(50, kCells, [](const auto& cell, auto time, int slot) {
    if (slot % 5 == 0) return std::string("heartbeat");
    return R"({"element":")" + cell + R"(","time":)" + std::to_string(time) +
           R"(,"kpis":{"load":)" + number(load(slot)) + "}}";
  });
  const Finding finding = found(records, 160);
  CHECK(finding.reading.usable == 160);
  bool told = false;
  for (const std::string& doubt : finding.doubts)
    told = told || doubt == "40 of 200 records are not of this form";
  CHECK(told);
}

TEST_CASE("what stands in names and properties cannot break out of the configuration") {
  const auto records = probe_records(50, kCells, [](const auto& cell, auto time, int slot) {
    return R"({"element":")" + cell + R"(","time":)" + std::to_string(time) +
           R"(,"kpis":{"a\"b: #\\c":)" + number(load(slot)) + R"(,"new\nline":1}})";
  });
  Source source = topic();
  source.kafka.properties["client.rack"] = "x\"y\\z\n";
  const Finding finding = find_out(records, false, "");
  const auto config = config::parse(configuration_text(finding, source), "made.yaml");
  REQUIRE(config.group().stream.kpis.size() == 1);
  CHECK(config.group().stream.kpis[0].name == "a\"b: #\\c");
  CHECK(config.kafka.properties.at("client.rack") == "x\"y\\z\n");
}

TEST_CASE(
    "a password given in plain is in no output: the configuration refers to the environment") {
  const Finding finding = find_out(probe_records(50, kCells,
                                                 [](const auto& cell, auto t, int i) {
                                                   return kpi_json(cell, t, "load", load(i));
                                                 }),
                                   false, "");
  Source source = topic();
  source.kafka.properties = {{"sasl.password", "hunter2"}, {"sasl.username", "me"}};
  const std::string text = configuration_text(finding, source);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("# sasl.password is not written here: set KAFKA_SASL_PASSWORD") !=
        std::string::npos);
  const auto config = config::parse(text, "made.yaml");
  CHECK(config.kafka.properties.at("sasl.password") == "${KAFKA_SASL_PASSWORD}");
  CHECK(config.kafka.properties.at("sasl.username") == "me");
}

TEST_CASE("periods of hours and days get a configuration that keeps elements over a window") {
  for (const int hours : {1, 6, 24}) {
    CAPTURE(hours);
    const auto records = probe_records(
        30, kCells,
        [](const auto& cell, auto t, int i) { return kpi_json(cell, t, "load", load(i)); },
        3600 * hours);
    const Finding finding = find_out(records, false, "");
    CHECK(finding.period.value == std::chrono::hours(hours));
    const auto stream =
        config::parse(configuration_text(finding, topic()), "made.yaml").group().stream;
    CHECK(stream.forget_after == std::chrono::hours(hours == 1 ? 24 : 24 * hours));
  }
}

TEST_CASE("lateness of more than a day is within what is remembered") {
  auto records = probe_records(
      200, kCells,
      [](const auto& cell, auto t, int i) { return kpi_json(cell, t, "load", load(i)); }, 2 * 3600);
  // One in ten comes fifteen periods late: 30 hours.
  Records late;
  std::erase_if(records, [&](const auto& record) {
    const bool is_late = record.key == "c1" && record.time_us / 7200000000 % 10 == 0;
    if (is_late) late.push_back(record);
    return is_late;
  });
  for (auto& record : late) {
    const auto place = std::find_if(records.begin(), records.end(), [&](const auto& other) {
      return other.time_us > record.time_us + 15 * 7200000000;
    });
    records.insert(place, record);
  }
  const Finding finding = find_out(records, false, "");
  CHECK(finding.lateness.proposed > std::chrono::hours(24));
  const auto stream =
      config::parse(configuration_text(finding, topic()), "made.yaml").group().stream;
  CHECK(stream.lateness == finding.lateness.proposed);
  CHECK(stream.forget_after >= stream.lateness);
}

TEST_CASE("the bound of a record's bytes is that of the longest that is read") {
  auto records = probe_records(50, kCells, [](const auto& cell, auto t, int i) {
    return kpi_json(cell, t, "load", load(i)) + std::string(i == 9 ? 300000 : 0, ' ');
  });
  for (int i = 0; i < 3; ++i)
    records.push_back({std::string(900000, 'x'), "c1", records.back().time_us, 0});
  const Finding finding = find_out(records, false, "");
  CHECK(finding.longest > 300000);
  CHECK(finding.longest < 300100);
  const auto stream =
      config::parse(configuration_text(finding, topic()), "made.yaml").group().stream;
  CHECK(stream.max_record_bytes == static_cast<int>(2 * finding.longest));
}

TEST_CASE("a KPI with a star in its name is left out, as the star would be a pattern") {
  const auto records = probe_records(50, kCells, [](const auto& cell, auto t, int i) {
    return R"({"element":")" + cell + R"(","time":)" + std::to_string(t) + R"(,"kpis":{"load":)" +
           number(load(i)) + R"(,"drops.*":)" + number(i % 3) + "}}";
  });
  const Finding finding = found(records, 200);
  CHECK_FALSE(belief_of(finding, "drops.*")->used);
  CHECK(configuration_text(finding, topic())
            .find("# left out: drops.* (a * in a name stands for any text)") != std::string::npos);
}

// ESC ] 0 ; x BEL sets a terminal's title; 0x9b begins a command, too; U+202E writes backwards.
constexpr const char* kHostile[] = {R"(\u001b]0;x\u0007)", R"(\u009b31m)", R"(\u202e)"};

bool is_harmless(const std::string& text) {
  return text.find_first_of("\x1b\x07\r") == std::string::npos &&
         text.find("\xc2\x9b") == std::string::npos &&
         text.find("\xe2\x80\xae") == std::string::npos;
}

TEST_CASE("no field's name commands the terminal, whatever it is taken for") {
  for (const std::string bad : kHostile) {
    CAPTURE(bad);
    const auto records = probe_records(50, kCells, [&](const auto& cell, auto t, int i) {
      return R"({"a)" + bad + R"(":"x","element":")" + cell + R"(","time":)" + std::to_string(t) +
             R"(,"t)" + bad + R"(":)" + std::to_string(t) + R"(,"kpis":{"load":)" +
             number(load(i)) + R"(,"k)" + bad + R"(":1},"o)" + bad + R"(":{"x":2},"l)" + bad +
             R"(":[1]})";
    });
    const Finding finding = found(records, 200);
    CHECK(is_harmless(table_text(finding)));
    CHECK(is_harmless(configuration_text(finding, topic())));
    CHECK(finding.kpis.size() == 2);
    CHECK(finding.doubts.size() >= 2);  // the object and the list
  }
}

TEST_CASE(
    "a name that is hostile and the only one there is refused without being repeated as it is") {
  for (const std::string bad : kHostile)
    for (const char* form :
         {R"({"element":"CELL","t@":"2023-11-14T22:13:20","x":1})",
          R"({"element":"CELL","time":TIME,"k@":LOAD})", R"({"e@":"CELL","t@":TIME,"x":LOAD})",
          R"({"element":"CELL","time":TIME,"o@":{"x":LOAD}})"}) {
      CAPTURE(form);
      const std::string what = test::error_of([&] {
        find_out(probe_records(20, kCells,
                               [&](const auto& cell, auto t, int i) {
                                 std::string text = form;
                                 const auto put = [&](const std::string& from,
                                                      const std::string& to) {
                                   for (auto at = text.find(from); at != std::string::npos;
                                        at = text.find(from, at + to.size()))
                                     text.replace(at, from.size(), to);
                                 };
                                 put("CELL", cell);
                                 put("TIME", std::to_string(t));
                                 put("LOAD", number(load(i)));
                                 put("@", bad);
                                 return text;
                               }),
                 false, "");
      });
      CHECK(!what.empty());
      CHECK(is_harmless(what));
    }
}

}  // namespace probe_finding_test
}  // namespace faultprint::daemon::probe
