// The daemon's whole way on feeds of several formats: the mock broker, a worker, its outputs.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "daemon/worker.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "ingest/kafka_mock.h"
#include "ingest/kafka_producer.h"

namespace faultprint::daemon {
namespace feeds_test {

using Lines = std::multiset<std::string>;

constexpr std::int64_t kFirstSlot = 150000000;
constexpr int kSlots = 40;
const std::vector<std::string> kElements{"leaf1", "leaf2", "spine1"};

// What all elements report in a slot: calm, but for a fault on leaf1.
struct Report {
  std::string element;
  std::int64_t time_s;
  double a, b;
};

std::vector<Report> reports(int slot) {
  std::vector<Report> all;
  for (const std::string& element : kElements) {
    const int wave = slot % 4 < 2 ? 1 : -1;
    const bool fault = element == "leaf1" && slot >= 20 && slot < 28;
    all.push_back({element, (kFirstSlot + slot) * 10 + 3, wave + (fault ? 20.0 : 0.0), 2.0 * wave});
  }
  return all;
}

std::string number(double x) { return std::to_string(x); }

using Payloads = std::vector<std::string>;  // in the order of their offsets

Payloads as_json() {
  Payloads payloads;
  for (int slot = 0; slot < kSlots; ++slot)
    for (const Report& r : reports(slot))
      payloads.push_back(R"({"element":")" + r.element + R"(","time":)" + std::to_string(r.time_s) +
                         R"(,"kpis":{"a":)" + number(r.a) + R"(,"b":)" + number(r.b) + "}}");
  return payloads;
}

// A line for each KPI, and a record for each two slots.
Payloads as_influx() {
  Payloads payloads;
  for (int slot = 0; slot < kSlots; ++slot) {
    if (slot % 2 == 0) payloads.emplace_back("# batch\n");
    for (const Report& r : reports(slot)) {
      const std::string time = " " + std::to_string(r.time_s) + "000000000\n";
      payloads.back() += "x,host=" + r.element + " a=" + number(r.a) + time;
      payloads.back() += "cpu,host=" + r.element + " idle=99" + time + "broken line\n";
      payloads.back() += "x,host=" + r.element + " b=" + number(r.b) + time;
    }
  }
  return payloads;
}

// An array of events for each slot, its numbers as text.
Payloads as_gnmic() {
  Payloads payloads;
  for (int slot = 0; slot < kSlots; ++slot) {
    std::string events;
    for (const Report& r : reports(slot))
      for (const auto& [path, value] : {std::pair{"a", r.a}, {"b", r.b}})
        events += (events.empty() ? "" : ",") +
                  (R"({"name":"sub","timestamp":)" + std::to_string(r.time_s)) +
                  R"(000000000,"tags":{"source":")" + r.element + R"("},"values":{")" + path +
                  R"(":")" + number(value) + R"("}})";
    payloads.push_back("[" + events + "]");
  }
  return payloads;
}

// Verdicts and alarm events that a worker gives for the payloads in one partition; `rejected`: what
// its metrics say at the end.
struct Given {
  Lines verdicts;
  Lines alarms;
  std::string metrics;
};

Lines lines_of(const std::string& path) {
  Lines lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

Given run(const std::string& stream, const Payloads& payloads) {
  const test::Folder folder;
  ingest::KafkaMock mock;
  mock.create_topic("kpi", 1);
  config::Config config = test::hand_made_config();
  const auto format = config::parse(
      "stream: {period: 10s, window: 4, kpis: [{name: a}, {name: b}], " + stream + "}", "t.yaml");
  config.group().stream.format = format.group().stream.format;
  config.group().stream.record = format.group().stream.record;
  config.kafka.brokers = mock.brokers();
  config.kafka.topics = {"kpi"};
  config.kafka.properties = {{"session.timeout.ms", "6000"}, {"fetch.wait.max.ms", "10"}};
  config.output.verdicts_file = folder.file("verdicts");
  config.output.verdicts = config::VerdictOutput::all;
  config.output.alarms_file = folder.file("alarms");
  ingest::KafkaProducer producer(config.kafka);
  for (const std::string& payload : payloads)
    producer.send("kpi", "key", payload, (kFirstSlot + kSlots) * 10 * 1000000);
  producer.flush(std::chrono::seconds(30));
  Given given;
  {
    Outputs outputs(config.output, config.kafka);
    Metrics metrics;
    const SnapshotStore snapshots(nullptr);
    AlarmBoard board;
    const ControlBoard control;
    ElementHomes homes;
    Worker worker(0, config, {{test::hand_made_model(), config.group().alarms, {}}}, snapshots,
                  outputs, metrics, board, control, homes);
    worker.start();
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const std::string all = "\nfaultprint_records_total " + std::to_string(payloads.size()) + "\n";
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      given.metrics = metrics.render();
    } while (given.metrics.find(all) == std::string::npos &&
             std::chrono::steady_clock::now() < patience);
    worker.stop();
    given.metrics = metrics.render();
  }
  given.verdicts = lines_of(config.output.verdicts_file);
  given.alarms = lines_of(config.output.alarms_file);
  return given;
}

bool says(const Given& given, const std::string& series) {
  return given.metrics.find("\n" + series + "\n") != std::string::npos;
}

TEST_CASE("a feed gives the same verdicts and alarms in whatever format it comes") {
  const Given json = run("format: json", as_json());
  CHECK(json.verdicts.size() == kSlots * kElements.size());
  REQUIRE(json.alarms.size() == 2);
  CHECK(json.alarms.begin()->find("leaf1") != std::string::npos);
  const Given influx = run("format: influx, record: {kpi: \"{field}\"}", as_influx());
  CHECK(influx.verdicts == json.verdicts);
  CHECK(influx.alarms == json.alarms);
  CHECK(says(influx, "faultprint_records_total 20"));
  CHECK(says(influx, "faultprint_records_rejected_total{reason=\"other_kpis\"} 120"));
  CHECK(says(influx, "faultprint_records_rejected_total{reason=\"malformed\"} 120"));
  CHECK(says(influx, "faultprint_records_rejected_total{reason=\"late\"} 0"));
  const Given gnmic = run("format: gnmic", as_gnmic());
  CHECK(gnmic.verdicts == json.verdicts);
  CHECK(gnmic.alarms == json.alarms);
  CHECK(says(gnmic, "faultprint_records_total 40"));
}

TEST_CASE("one record may hold more windows than a batch, and elements of many") {
  const std::string stream = "format: influx, record: {kpi: \"{field}\"}";
  const Given apart = run(stream, as_influx());
  Payloads one{""};
  for (const std::string& payload : as_influx()) one[0] += payload;
  for (int e = 0; e < 100; ++e)
    for (int slot = kSlots; slot < kSlots + 12; ++slot)
      one[0] += "x,host=many" + std::to_string(e) + " a=1,b=2 " +
                std::to_string((kFirstSlot + slot) * 10) + "\n";
  const Given given = run(stream, one);
  CHECK(says(given, "faultprint_records_total 1"));
  CHECK(given.verdicts.size() >= apart.verdicts.size() + 100 * 12);
  CHECK(std::includes(given.verdicts.begin(), given.verdicts.end(), apart.verdicts.begin(),
                      apart.verdicts.end()));
  CHECK(std::includes(given.alarms.begin(), given.alarms.end(), apart.alarms.begin(),
                      apart.alarms.end()));
}

}  // namespace feeds_test
}  // namespace faultprint::daemon
