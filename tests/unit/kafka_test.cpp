// The Kafka clients against librdkafka's mock cluster: no broker is needed.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <set>
#include <stdexcept>
#include <thread>

#include "ingest/kafka_consumer.h"
#include "ingest/kafka_mock.h"
#include "ingest/kafka_producer.h"

namespace faultprint::ingest {
namespace kafka_test {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
constexpr std::int64_t kTime = 1498754414000000;
constexpr milliseconds kPatience(45000);  // the mock takes 18 s for a cooperative rebalance

config::KafkaConfig kafka_config(const KafkaMock& mock) {
  config::KafkaConfig kafka;
  kafka.brokers = mock.brokers();
  kafka.topics = {"kpi"};
  // Short times, so that tests are quick; below 3500 ms the mock can hang the first join.
  kafka.properties = {{"session.timeout.ms", "6000"},
                      {"heartbeat.interval.ms", "500"},
                      {"fetch.wait.max.ms", "10"},
                      {"reconnect.backoff.max.ms", "500"}};
  return kafka;
}

class Listener : public RebalanceListener {
 public:
  std::vector<PartitionOffset> assigned(const std::vector<PartitionOffset>& committed) override {
    ++assignments;
    for (const PartitionOffset& at : committed) partitions.insert(at.where);
    last_committed = committed;
    return on_assigned ? on_assigned(committed) : committed;
  }
  void revoked(const std::vector<TopicPartition>& gone, bool lost) override {
    ++revocations;
    last_lost = lost;
    for (const TopicPartition& where : gone) partitions.erase(where);
    if (on_revoked) on_revoked();
  }

  std::function<std::vector<PartitionOffset>(const std::vector<PartitionOffset>&)> on_assigned;
  std::function<void()> on_revoked;
  std::set<TopicPartition> partitions;
  std::vector<PartitionOffset> last_committed;
  int assignments = 0;
  int revocations = 0;
  bool last_lost = false;
};

void produce(const KafkaMock& mock, int first, int count, const std::string& topic = "kpi") {
  KafkaProducer producer(kafka_config(mock));
  for (int i = first; i < first + count; ++i) {
    producer.send(topic, "key", std::to_string(i), kTime + i * 1000000LL);
  }
  producer.flush(kPatience);
}

// Polls until `done` or patience ends; what was read comes back as text.
std::vector<std::string> poll_until(KafkaConsumer& consumer, const std::function<bool()>& done) {
  std::vector<std::string> read;
  const auto deadline = Clock::now() + kPatience;
  while (!done() && Clock::now() < deadline) {
    if (const auto record = consumer.poll(milliseconds(50))) read.emplace_back(record->payload());
  }
  return read;
}

std::vector<std::string> read_some(KafkaConsumer& consumer, std::size_t count) {
  std::vector<std::string> read;
  const auto deadline = Clock::now() + kPatience;
  while (read.size() < count && Clock::now() < deadline) {
    if (const auto record = consumer.poll(milliseconds(50))) read.emplace_back(record->payload());
  }
  return read;
}

std::vector<std::string> numbers(int first, int count) {
  std::vector<std::string> result;
  for (int i = first; i < first + count; ++i) result.push_back(std::to_string(i));
  return result;
}

TEST_CASE("what is produced is consumed, with its topic, partition, offset and time") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 3);
  Listener listener;
  KafkaConsumer consumer(kafka_config(mock), "test", listener);
  std::optional<KafkaRecord> record = consumer.poll(kPatience);  // a rebalance does not end it
  REQUIRE(record);
  CHECK(record->payload() == "0");
  CHECK(record->topic() == "kpi");
  CHECK(record->partition() == 0);
  CHECK(record->offset() == 0);
  CHECK(record->timestamp_us() == kTime);
  std::optional<KafkaRecord> second = consumer.poll(kPatience);
  REQUIRE(second);
  CHECK(second->topic_handle() == record->topic_handle());
  *record = std::move(*second);
  CHECK(record->payload() == "1");
  CHECK(listener.partitions == std::set<TopicPartition>{{"kpi", 0}});
  CHECK(listener.last_committed.at(0).offset == -1);
  CHECK(consumer.lag({"kpi", 0}, 2) == 1);
  CHECK(consumer.lag({"kpi", 0}, 99) == 0);
  CHECK(consumer.lag({"kpi", 7}, 0) == -1);
  CHECK(consumer.offset_for_time({"kpi", 0}, kTime, milliseconds(5000)) == -1);  // not in the mock
  CHECK(consumer.timestamp_before({"kpi", 0}, 2, milliseconds(5000)) == kTime + 1000000);
  CHECK(consumer.timestamp_before({"kpi", 0}, 3, milliseconds(5000)) == kTime + 2000000);
  CHECK(consumer.timestamp_before({"kpi", 0}, 0, milliseconds(5000)) == -1);
  CHECK(consumer.timestamp_before({"lost", 0}, 3, milliseconds(300)) == -1);
  CHECK(consumer.connected());
  CHECK(consumer.last_error() == "");
}

TEST_CASE("a second consumer resumes at the committed offset as soon as the first has closed") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 10);
  Listener first_listener;
  KafkaConsumer first(kafka_config(mock), "first", first_listener);
  CHECK(read_some(first, 10) == numbers(0, 10));
  first.store_offset({"kpi", 0}, 4);
  CHECK(first.commit());
  first.store_offset({"kpi", 0}, 6);  // committed at revocation
  first_listener.on_revoked = [&] { first.store_offset({"kpi", 0}, 7); };  // as is this one
  first.close();
  CHECK(first_listener.revocations == 1);
  CHECK_FALSE(first_listener.last_lost);
  CHECK_FALSE(first.poll(milliseconds(1)));

  const auto start = Clock::now();
  Listener second_listener;
  KafkaConsumer second(kafka_config(mock), "second", second_listener);
  CHECK(read_some(second, 3) == numbers(7, 3));
  // A member that had not left would hold its partition for session.timeout.ms more than the join.
  CHECK(Clock::now() - start < milliseconds(5500));
  CHECK(second_listener.last_committed.at(0).offset == 7);
}

TEST_CASE("the listener says where a partition is read from") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 10);
  Listener listener;
  listener.on_assigned = [](const std::vector<PartitionOffset>& committed) {
    std::vector<PartitionOffset> from = committed;
    for (PartitionOffset& at : from) at.offset = 8;
    return from;
  };
  KafkaConsumer consumer(kafka_config(mock), "test", listener);
  CHECK(read_some(consumer, 2) == numbers(8, 2));
}

TEST_CASE("a new group that starts at the latest record skips what is there") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 10);
  config::KafkaConfig kafka = kafka_config(mock);
  kafka.start = "latest";
  Listener listener;
  KafkaConsumer consumer(kafka, "test", listener);
  poll_until(consumer, [&] { return consumer.lag({"kpi", 0}, 10) == 0; });
  produce(mock, 10, 2);
  CHECK(read_some(consumer, 2) == numbers(10, 2));
}

TEST_CASE("with kafka.start latest a partition that comes later is read whole") {
  KafkaMock mock;
  mock.create_topic("kpi", 2);
  config::KafkaConfig kafka = kafka_config(mock);
  kafka.start = "latest";
  Listener listener;
  KafkaConsumer consumer(kafka, "test", listener);
  poll_until(consumer, [&] { return listener.partitions.size() == 2; });
  CHECK(consumer.starts_at_end({"kpi", 0}));
  CHECK(consumer.starts_at_end({"kpi", 1}));
  CHECK_FALSE(consumer.starts_at_end({"kpi", 2}));
  CHECK_FALSE(consumer.starts_at_end({"kpi2", 0}));
  Listener other;
  KafkaConsumer earliest(kafka_config(mock), "other", other);
  CHECK_FALSE(earliest.starts_at_end({"kpi", 0}));
}

TEST_CASE(
    "an offset is committed though it is below the committed one, and so are those after it") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 10);
  Listener listener;
  KafkaConsumer first(kafka_config(mock), "first", listener);
  CHECK(read_some(first, 10) == numbers(0, 10));
  const PartitionLimits limits = first.limits({"kpi", 0}, milliseconds(5000));
  CHECK(limits.first == 0);
  CHECK(limits.end == 10);
  first.store_offset({"kpi", 0}, 8);
  CHECK(first.commit());
  first.commit_at({"kpi", 0}, 2);
  const auto until = Clock::now() + milliseconds(300);
  poll_until(first, [&] { return Clock::now() > until; });
  first.store_offset({"kpi", 0}, 4);
  first.close();
  Listener second_listener;
  KafkaConsumer second(kafka_config(mock), "second", second_listener);
  CHECK(read_some(second, 1) == numbers(4, 1));
  CHECK(second_listener.last_committed.at(0).offset == 4);
}

TEST_CASE("what a listener throws comes out of poll and the group goes on") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 1);
  Listener listener;
  listener.on_assigned = [](const auto& committed) {
    if (!committed.empty()) throw std::runtime_error("no disk");
    return committed;
  };
  KafkaConsumer consumer(kafka_config(mock), "test", listener);
  CHECK_THROWS_WITH_AS(read_some(consumer, 1), "no disk", std::runtime_error);
  CHECK(read_some(consumer, 1) == numbers(0, 1));
}

void check_sharing(const std::string& strategy) {
  KafkaMock mock;
  mock.create_topic("kpi", 4);
  config::KafkaConfig kafka = kafka_config(mock);
  if (!strategy.empty()) kafka.properties["partition.assignment.strategy"] = strategy;
  Listener first_listener;
  Listener second_listener;
  KafkaConsumer first(kafka, "first", first_listener);
  poll_until(first, [&] { return first_listener.partitions.size() == 4; });
  REQUIRE(first_listener.partitions.size() == 4);

  KafkaConsumer second(kafka, "second", second_listener);
  poll_until(first, [&] {
    second.poll(milliseconds(10));
    return first_listener.partitions.size() == 2 && second_listener.partitions.size() == 2;
  });
  REQUIRE(first_listener.partitions.size() == 2);
  REQUIRE(second_listener.partitions.size() == 2);
  std::set<TopicPartition> all = first_listener.partitions;
  all.insert(second_listener.partitions.begin(), second_listener.partitions.end());
  CHECK(all.size() == 4);
  CHECK_FALSE(first_listener.last_lost);

  const auto closed = Clock::now();
  second.close();
  poll_until(first, [&] { return first_listener.partitions.size() == 4; });
  CHECK(first_listener.partitions.size() == 4);
  CHECK(Clock::now() - closed < milliseconds(5500));  // no session had to time out
  CHECK(second_listener.partitions.empty());
}

TEST_CASE("partitions are shared and taken over, eagerly") { check_sharing(""); }

TEST_CASE("partitions are shared and taken over, cooperatively") {
  check_sharing("cooperative-sticky");
}

TEST_CASE("a broker that goes is told and one that comes back is seen") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 1);
  Listener listener;
  KafkaConsumer consumer(kafka_config(mock), "test", listener);
  read_some(consumer, 1);
  CHECK(consumer.connected());
  mock.set_broker_up(false);
  poll_until(consumer, [&] { return !consumer.connected(); });
  CHECK_FALSE(consumer.connected());
  CHECK(consumer.last_error() != "");
  mock.set_broker_up(true);
  poll_until(consumer, [&] { return consumer.connected() && consumer.last_error().empty(); });
  CHECK(consumer.connected());
  CHECK(consumer.last_error() == "");
  produce(mock, 1, 1);
  CHECK(read_some(consumer, 1) == numbers(1, 1));
}

TEST_CASE("without a broker close ends soon, and what was committed in the background stays") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  produce(mock, 0, 5);
  Listener listener;
  KafkaConsumer consumer(kafka_config(mock), "test", listener);
  read_some(consumer, 5);
  consumer.store_offset({"kpi", 0}, 3);
  const auto committed = Clock::now() + milliseconds(1500);
  poll_until(consumer, [&] { return Clock::now() > committed; });
  mock.set_broker_up(false);
  poll_until(consumer, [&] { return !consumer.connected(); });
  consumer.store_offset({"kpi", 0}, 4);
  const auto start = Clock::now();
  CHECK_FALSE(consumer.commit());
  CHECK(consumer.last_error() != "");
  consumer.close();
  CHECK(listener.partitions.empty());
  CHECK(Clock::now() - start < milliseconds(12000));  // 5 s of it librdkafka's own

  mock.set_broker_up(true);
  Listener next_listener;
  KafkaConsumer next(kafka_config(mock), "next", next_listener);
  CHECK(read_some(next, 2) == numbers(3, 2));
}

TEST_CASE("a wrong broker address is no start-up failure") {
  config::KafkaConfig kafka;
  kafka.brokers = "127.0.0.1:1";
  kafka.topics = {"kpi"};
  Listener listener;
  KafkaConsumer consumer(kafka, "test", listener);
  poll_until(consumer, [&] { return !consumer.last_error().empty(); });
  CHECK_FALSE(consumer.connected());
  CHECK(consumer.last_error().find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("bad properties are named") {
  const std::vector<std::tuple<std::string, std::string, std::string>> table = {
      {"no.such.thing", "1", "No such configuration property: \"no.such.thing\""},
      {"fetch.wait.max.ms", "soon", "Invalid value for configuration property "},
      {"enable.auto.offset.store", "true", "is not free; faultprint sets it"},
      {"group.id", "other", "is not free; faultprint sets it"},
  };
  for (const auto& [property, value, words] : table) {
    CAPTURE(property);
    config::KafkaConfig kafka;
    kafka.brokers = "127.0.0.1:1";
    kafka.topics = {"kpi"};
    kafka.properties[property] = value;
    Listener listener;
    std::string what;
    try {
      KafkaConsumer consumer(kafka, "test", listener);
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    const std::string expected = "kafka.properties." + property + ": " + words;
    CHECK(what.substr(0, expected.size()) == expected);
  }
}

TEST_CASE("a property that librdkafka does not take is a configuration error with its line") {
  config::Config config;
  config.file = "x.yaml";
  config.kafka.properties = {{"fetch.wait.max.ms", "10"}, {"sasl.password", "${NOT_SET_HERE}"}};
  config.kafka.property_lines = {{"fetch.wait.max.ms", 3}, {"sasl.password", 4}};
  CHECK_NOTHROW(check_properties(config, false));
  CHECK_THROWS_WITH_AS(
      check_properties(config, true),
      "x.yaml:4: kafka.properties.sasl.password: environment variable NOT_SET_HERE is not set",
      config::ConfigError);
  config.kafka.properties = {{"fecth.wait", "10"}};
  config.kafka.property_lines = {{"fecth.wait", 7}};
  CHECK_THROWS_WITH_AS(
      check_properties(config, false),
      "x.yaml:7: kafka.properties.fecth.wait: No such configuration property: \"fecth.wait\"",
      config::ConfigError);
}

TEST_CASE("a record that cannot be delivered is an error of flush") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  config::KafkaConfig kafka = kafka_config(mock);
  kafka.properties["message.timeout.ms"] = "5000";
  KafkaProducer producer(kafka);
  producer.send("kpi", "key", "1", kTime);
  producer.flush(kPatience);
  mock.set_broker_up(false);
  producer.send("kpi", "key", "2", kTime);
  CHECK_THROWS_AS(producer.flush(milliseconds(100)), std::runtime_error);
  CHECK_THROWS_WITH_AS(producer.flush(kPatience),
                       "kafka: a record for kpi was not delivered: Local: Message timed out",
                       std::runtime_error);
  CHECK_THROWS_AS(producer.send("kpi", "key", "3", kTime), std::runtime_error);
}

TEST_CASE("records that a topic refuses wait in order, or are an error") {
  KafkaMock mock;
  mock.create_topic("kpi", 1);
  mock.refuse_writes(3);
  KafkaProducer patient(kafka_config(mock), KafkaProducer::Refused::wait);
  for (int i = 0; i < 4; ++i) {
    patient.send("kpi", "key", std::to_string(i), kTime);
    if (i == 1) CHECK_FALSE(patient.delivered(milliseconds(5000)));
  }
  CHECK(patient.trouble() == "kafka: kpi: Broker: Topic authorization failed");
  CHECK(patient.held() > 0);
  const auto deadline = Clock::now() + kPatience;
  while (!patient.delivered(milliseconds(500)) && Clock::now() < deadline) {
  }
  CHECK(patient.trouble() == "");
  CHECK(patient.held() == 0);
  Listener listener;
  KafkaConsumer consumer(kafka_config(mock), "test", listener);
  CHECK(read_some(consumer, 4) == numbers(0, 4));

  mock.refuse_writes(1);
  KafkaProducer strict(kafka_config(mock));
  strict.send("kpi", "key", "4", kTime);
  CHECK_THROWS_WITH_AS(
      strict.flush(kPatience),
      "kafka: a record for kpi was not delivered: Broker: Topic authorization failed",
      std::runtime_error);
}

std::atomic<int> logged{0};

TEST_CASE("librdkafka's log lines go to the hook") {
  set_kafka_log([](int level, const char* message) {
    if (level <= 7 && message[0] != '\0') ++logged;
  });
  {
    config::KafkaConfig kafka;
    kafka.brokers = "127.0.0.1:1";
    kafka.topics = {"kpi"};
    Listener listener;
    KafkaConsumer consumer(kafka, "test", listener);
    poll_until(consumer, [] { return logged > 0; });
  }
  set_kafka_log(nullptr);
  CHECK(logged > 0);
}

}  // namespace kafka_test
}  // namespace faultprint::ingest
