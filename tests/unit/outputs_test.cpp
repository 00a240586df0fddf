// Where verdicts and alarm events go, the topics on librdkafka's mock cluster.
#include "daemon/outputs.h"

#include <doctest/doctest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "alarm_feed.h"
#include "file_bytes.h"
#include "ingest/kafka_consumer.h"
#include "ingest/kafka_mock.h"

namespace faultprint::daemon {
namespace outputs_test {

using test::Feed;
using test::rules;

constexpr std::chrono::seconds kPatience(20);

class FromStart : public ingest::RebalanceListener {
 public:
  std::vector<ingest::PartitionOffset> assigned(
      const std::vector<ingest::PartitionOffset>& committed) override {
    return committed;
  }
  void revoked(const std::vector<ingest::TopicPartition>&, bool) override {}
};

struct Topic {
  ingest::KafkaMock mock;
  config::KafkaConfig kafka;

  Topic() {
    mock.create_topic("alarms", 2);
    mock.create_topic("verdicts", 1);
    kafka.brokers = mock.brokers();
    kafka.topics = {"kpi"};
    kafka.properties = {{"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "500"}};
  }

  // "key value", in the order of a partition.
  std::vector<std::string> records(const std::string& topic, std::size_t count) const {
    config::KafkaConfig reading = kafka;
    reading.topics = {topic};
    reading.group_id = "test-" + topic;
    FromStart listener;
    ingest::KafkaConsumer consumer(reading, "test", listener);
    std::vector<std::string> found;
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (found.size() < count && std::chrono::steady_clock::now() < until)
      if (const auto record = consumer.poll(std::chrono::milliseconds(100)))
        found.push_back(std::string(record->key()) + " " + std::string(record->payload()));
    consumer.close();
    return found;
  }
};

std::vector<AlarmEvent> events_of(const std::string& verdicts) {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  feed(verdicts);
  return feed.events;
}

TEST_CASE("alarm events go to file and topic alike, keyed by their element") {
  const Topic topic;
  const test::Folder folder;
  config::OutputConfig options;
  options.alarms_file = folder.file("a.jsonl");
  options.alarms_topic = "alarms";
  Outputs outputs(options, topic.kafka);
  const auto events = events_of("llnnn");
  outputs.alarms(events);
  outputs.alarms(events);  // read again: told once
  REQUIRE(outputs.sync(kPatience));
  std::string file;
  std::vector<std::string> sent;
  for (const AlarmEvent& event : events) {
    file += to_json_line(event) + "\n";
    sent.push_back("leaf0 " + to_json_line(event));
  }
  CHECK(test::read_bytes(options.alarms_file) == file);
  CHECK(topic.records("alarms", 2) == sent);
}

TEST_CASE("what a killed daemon's file holds, its topic may lack: there it is told again") {
  const Topic topic;
  const test::Folder folder;
  config::OutputConfig options;
  options.alarms_file = folder.file("a.jsonl");
  const auto events = events_of("ll");
  Outputs(options, topic.kafka).alarms(events);
  const std::string before = test::read_bytes(options.alarms_file);
  options.alarms_topic = "alarms";
  Outputs again(options, topic.kafka);
  again.alarms(events);
  REQUIRE(again.sync(kPatience));
  CHECK(test::read_bytes(options.alarms_file) == before);
  CHECK(topic.records("alarms", 1) == std::vector<std::string>{"leaf0 " + to_json_line(events[0])});
}

config::OutputConfig to_verdicts_topic() {
  config::OutputConfig options;
  options.verdicts_topic = "verdicts";
  return options;
}

TEST_CASE("verdicts go to a topic without a file, of the outcomes that are asked for") {
  const Topic topic;
  Outputs outputs(to_verdicts_topic(), topic.kafka);
  CHECK(outputs.wants(Outcome::fault));
  CHECK_FALSE(outputs.wants(Outcome::normal));
  outputs.verdict({"leaf1", 5'000'000, "{\"id\":\"leaf1@5\"}"});
  REQUIRE(outputs.sync(kPatience));
  CHECK(topic.records("verdicts", 1) == std::vector<std::string>{"leaf1 {\"id\":\"leaf1@5\"}"});
}

// A verdict is under way to a topic whose broker is gone.
struct Unheard {
  Topic topic;
  Outputs outputs{to_verdicts_topic(), topic.kafka};

  Unheard() {
    topic.mock.set_broker_up(false);
    outputs.verdict({"leaf1", 5'000'000, "{}"});
  }
};

TEST_CASE("while no broker takes them, sync says so and nothing is lost") {
  Unheard unheard;
  auto& [topic, outputs] = unheard;
  CHECK_FALSE(outputs.sync(std::chrono::milliseconds(200)));
  topic.mock.set_broker_up(true);
  CHECK(outputs.sync(kPatience));
  CHECK(topic.records("verdicts", 1) == std::vector<std::string>{"leaf1 {}"});
}

TEST_CASE("who asks for trouble does not wait while a broker is waited for") {
  Unheard unheard;
  Outputs& outputs = unheard.outputs;
  std::atomic<bool> begun = false;
  std::atomic<bool> over = false;
  std::thread syncing([&] {
    begun = true;
    CHECK_FALSE(outputs.sync(std::chrono::seconds(2)));
    over = true;
  });
  while (!begun) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(outputs.trouble().empty());
  CHECK(outputs.failures() == 0);
  CHECK_FALSE(over);
  syncing.join();
}

TEST_CASE("without any output nothing is wanted") {
  Outputs outputs(config::OutputConfig{}, config::KafkaConfig{});
  CHECK_FALSE(outputs.wants(Outcome::fault));
  outputs.alarms(events_of("ll"));
  CHECK(outputs.sync(kPatience));
}

}  // namespace outputs_test
}  // namespace faultprint::daemon
