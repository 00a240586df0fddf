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
  source.kafka.properties["sasl.password"] = "x\"y\\z\n";
  const Finding finding = find_out(records, false, "");
  const auto config = config::parse(configuration_text(finding, source), "made.yaml");
  REQUIRE(config.group.stream.kpis.size() == 1);
  CHECK(config.group.stream.kpis[0].name == "a\"b: #\\c");
  CHECK(config.kafka.properties.at("sasl.password") == "x\"y\\z\n");
}

}  // namespace probe_finding_test
}  // namespace faultprint::daemon::probe
