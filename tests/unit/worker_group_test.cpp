// One worker with two groups of elements, beside two workers with one each.
#include "daemon/worker_group.h"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "daemon/snapshot_folder.h"
#include "daemon/worker.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "ingest/kafka_mock.h"
#include "ingest/kafka_producer.h"

namespace faultprint::daemon {
namespace worker_group_test {

using Texts = std::vector<std::string>;
constexpr int kSlots = 20;
constexpr int kFirstSlot = 170000000;

struct Message {
  std::string topic;
  std::string payload;
};

std::string report(const std::string& element, int slot, double a, double b) {
  return "{\"element\":\"" + element + "\",\"time\":" + std::to_string((kFirstSlot + slot) * 10LL) +
         ",\"kpis\":{\"a\":" + std::to_string(a) + ",\"b\":" + std::to_string(b) + "}}";
}

// Both groups' elements in one topic, and cells alone in another; one that is nobody's.
std::vector<Message> messages() {
  std::vector<Message> all;
  for (int slot = 0; slot < kSlots; ++slot) {
    const double calm = 0.5 * (slot % 2);
    for (const char* element : {"leaf1", "leaf2", "leaf3"})
      all.push_back(
          {"kpi", report(element, slot, slot > 10 && element[4] == '1' ? 9 : calm, calm)});
    for (const char* element : {"cell1", "cell2", "cell3"}) {
      const double b = slot > 12 && element[4] == '2' ? 9 : calm;
      all.push_back({"kpi", report(element, slot, calm, b)});
      all.push_back({"pm", report(std::string(element) + "x", slot, calm, b)});
    }
    all.push_back({"kpi", report("core1", slot, calm, calm)});
    all.push_back({"kpi", "{\"element\":\"leaf1\",\"kpis\":{\"a\":1}}"});
    all.push_back({"kpi", "{\"element\":\"cell1\",\"time\":1,\"kpis\":{\"a\":\"x\"}}"});
  }
  return all;
}

config::GroupConfig group(const std::string& name, const Texts& elements, const Texts& topics) {
  config::GroupConfig own = test::hand_made_config().group();
  own.name = name;
  own.elements = elements;
  own.topics = topics;
  return own;
}

const std::vector<config::GroupConfig> kGroups{group("routers", {"leaf*"}, {"kpi"}),
                                               group("cells", {"cell?", "cell?x"}, {})};

struct Given {
  std::multimap<std::string, std::string> lines;  // by id
  std::string metrics;
  std::string state;

  bool says(const std::string& series) const {
    return metrics.find("\n" + series + "\n") != std::string::npos;
  }
};

void add_lines(const std::string& path, Given& given) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t from = line.find(":\"") + 2;
    given.lines.emplace(line.substr(from, line.find('"', from) - from), line);
  }
}

// The state of one run may be given to the next.
Given run(const std::vector<config::GroupConfig>& groups, const test::Folder& folder,
          const std::vector<Message>& sent) {
  ingest::KafkaMock mock;
  mock.create_topic("kpi", 1);
  mock.create_topic("pm", 1);
  config::Config config = test::hand_made_config();
  config.groups = groups;
  config.kafka.brokers = mock.brokers();
  config.kafka.topics = {"kpi", "pm"};
  config.kafka.properties = {{"session.timeout.ms", "6000"}, {"fetch.wait.max.ms", "10"}};
  config.output.verdicts_file = folder.file("verdicts");
  config.output.verdicts = config::VerdictOutput::all;
  config.output.alarms_file = folder.file("alarms");
  ingest::KafkaProducer producer(config.kafka);
  for (const Message& message : sent)
    producer.send(message.topic, "key", message.payload, (kFirstSlot + kSlots) * 10LL * 1000000);
  producer.flush(std::chrono::seconds(30));
  std::vector<GroupRules> rules;
  Texts names;
  for (const config::GroupConfig& own : groups) {
    rules.push_back({test::hand_made_model(), own.alarms, {}});
    names.push_back(own.name);
  }
  Given given;
  Outputs outputs(config.output, config.kafka);
  Metrics metrics;
  metrics.groups(names);
  const SnapshotStore snapshots(std::make_unique<SnapshotFolder>(folder.file("state")));
  AlarmBoard board;
  const ControlBoard control;
  ElementHomes homes;
  Worker worker(0, config, std::move(rules), snapshots, outputs, metrics, board, control, homes);
  worker.start();
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const std::string all = "\nfaultprint_records_total " + std::to_string(sent.size()) + "\n";
  while (metrics.render().find(all) == std::string::npos &&
         std::chrono::steady_clock::now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  given.metrics = metrics.render();
  worker.stop();
  add_lines(config.output.verdicts_file, given);
  add_lines(config.output.alarms_file, given);
  return given;
}

// What a group's lines would be, were there no other one.
std::multimap<std::string, std::string> without_group(const Given& given, const std::string& name) {
  std::multimap<std::string, std::string> lines;
  for (const auto& [id, line] : given.lines) {
    if (!id.starts_with(name + "/")) continue;
    std::string own = line;
    own.erase(own.find(name + "/"), name.size() + 1);
    const std::string member = "\"element_group\":\"" + name + "\",";
    own.erase(own.find(member), member.size());
    lines.emplace(id.substr(name.size() + 1), own);
  }
  return lines;
}

// A group on its own: only what it reads.
std::vector<Message> read_by(const config::GroupConfig& own) {
  const std::string begin = own.name == "routers" ? "\"leaf" : "\"cell";
  std::vector<Message> part = messages();
  std::erase_if(part, [&](const Message& m) { return m.payload.find(begin) == std::string::npos; });
  return part;
}

TEST_CASE("two groups in one worker give what two workers with one each do") {
  const test::Folder folder;
  const Given both = run(kGroups, folder, messages());
  std::size_t lines = 0;
  for (const config::GroupConfig& own : kGroups) {
    const test::Folder alone;
    const Given one = run({group("", {}, {})}, alone, read_by(own));
    CHECK(one.lines == without_group(both, own.name));
    lines += one.lines.size();
  }
  CHECK(lines == both.lines.size());
  CHECK(both.lines.size() > 9 * kSlots);  // alarms, too
}

TEST_CASE("every thing that a record of several groups holds is counted once") {
  const test::Folder folder;
  const Given both = run(kGroups, folder, messages());
  const std::string rejected = "faultprint_records_rejected_total{reason=";
  CHECK(both.says("faultprint_samples_total " + std::to_string(12 * kSlots)));
  CHECK(both.says(rejected + "\"no_group\"} " + std::to_string(kSlots)));  // core1
  CHECK(both.says(rejected + "\"no_time\"} " + std::to_string(kSlots)));   // of leaf1
  CHECK(both.says(rejected + "\"bad_value\"} " + std::to_string(kSlots)));
  CHECK(both.says(rejected + "\"other_kpis\"} 0"));
}

TEST_CASE("metrics of groups have their names") {
  const test::Folder folder;
  const Given both = run(kGroups, folder, messages());
  const std::string verdicts = "faultprint_verdicts_total{element_group=\"routers\",verdict=";
  CHECK(both.metrics.find(verdicts) != std::string::npos);
  CHECK(both.metrics.find("faultprint_verdicts_total{verdict=") == std::string::npos);
  CHECK(both.metrics.find("faultprint_alarm_active{element=\"leaf1\",fault_type=\"loss\",severity="
                          "\"major\",element_group=\"routers\"} 1") != std::string::npos);
  CHECK(both.metrics.find("faultprint_alarms_active{fault_type=\"flap\",severity=\"critical\","
                          "element_group=\"cells\"} 2") != std::string::npos);
}

Pipeline pipeline_of(const config::GroupConfig& own) {
  config::Config config = test::hand_made_config();
  return {test::hand_made_model(), config.of_group(own), test::store_options()};
}

std::string refusal(const SnapshotStore& store, const std::vector<config::GroupConfig>& groups) {
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  std::vector<SnapshotPart> parts;
  for (const config::GroupConfig& own : groups) {
    pipelines.push_back(std::make_unique<Pipeline>(pipeline_of(own)));
    parts.push_back({&own, pipelines.back().get()});
  }
  std::vector<AlarmEvent> events;
  try {
    return std::to_string(store.read({"kpi", 0}, parts, events).value_or(-1));
  } catch (const ingest::StateError& e) {
    return e.what();
  }
}

TEST_CASE("a snapshot of groups is of those groups alone") {
  const test::Folder folder;
  const SnapshotStore store(std::make_unique<SnapshotFolder>(folder.path()));
  Pipeline routers = pipeline_of(kGroups[0]);
  Pipeline cells = pipeline_of(kGroups[1]);
  for (int slot = 0; slot < 9; ++slot) {
    routers.add(test::sample("leaf1", slot, {1, 2}), 0);
    cells.add(test::sample("cell1", slot, {1, 2}), 0);
  }
  routers.finish_batch();
  cells.finish_batch();
  const std::vector<SnapshotPart> parts{{&kGroups[0], &routers}, {&kGroups[1], &cells}};
  store.write({"kpi", 0}, 77, parts);
  CHECK(refusal(store, kGroups) == "77");
  CHECK(refusal(store, {kGroups[1], kGroups[0]}) == "it was written for other groups");
  CHECK(refusal(store, {kGroups[0]}) == "it was written for other groups");
  auto other = kGroups;
  other[1].elements.push_back("core*");
  CHECK(refusal(store, other) == "it was written for other groups");
  CHECK(refusal(store, {group("", {}, {})}) == "it was written for another stream configuration");
  Pipeline alone = pipeline_of(group("", {}, {}));
  store.write({"kpi", 0}, 78, alone);
  CHECK(refusal(store, kGroups) == "it was written for a configuration without groups");
}

}  // namespace worker_group_test
}  // namespace faultprint::daemon
