#include "daemon/snapshot_topic.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "ingest/kafka_mock.h"

namespace faultprint::daemon {
namespace snapshot_topic_test {

const ingest::TopicPartition kWhere{"kpi", 3};
const ingest::TopicPartition kOther{"kpi", 4};

struct StateTopic {
  ingest::KafkaMock mock;
  config::Config config;

  StateTopic() {
    mock.create_topic("state", 2);
    config.kafka.brokers = mock.brokers();
    config.kafka.group_id = "g";
    config.kafka.properties["message.max.bytes"] = "9000";  // chunks of 7976 bytes
    config.state.topic = "state";
  }
};

std::string bytes_of(std::size_t size, char fill) {
  std::string bytes(size, fill);
  for (std::size_t i = 0; i < size; i += 97) bytes[i] = static_cast<char>(i);
  return bytes;
}

void replace(SnapshotTopic& topic, const ingest::TopicPartition& where, const std::string& bytes) {
  topic.replace(where, [&](const ingest::StateSink& sink) {
    for (std::size_t at = 0; at < bytes.size(); at += 5000) sink(bytes.substr(at, 5000));
  });
}

std::string take_over(SnapshotTopic& topic, const ingest::TopicPartition& where) {
  const auto pieces = topic.take_over(where);
  if (!pieces) return "none";
  std::string bytes;
  for (auto piece = pieces->next(); !piece.empty(); piece = pieces->next()) bytes += piece;
  CHECK(bytes.size() == pieces->size);
  return bytes;
}

std::string take_over(const StateTopic& state, const ingest::TopicPartition& where) {
  SnapshotTopic topic(state.config);
  return take_over(topic, where);
}

TEST_CASE("snapshots in a topic are handed from one process to the next") {
  const StateTopic state;
  SnapshotTopic first(state.config);
  CHECK_FALSE(first.take_over(kWhere).has_value());
  CHECK_FALSE(first.written_us(kWhere).has_value());
  std::string last;
  for (const std::size_t size : {30000, 0, 7976, 50000}) {
    last = bytes_of(size, 'a');
    replace(first, kWhere, last);
    CHECK(first.written_us(kWhere).has_value());
    SnapshotTopic second(state.config);
    CHECK(take_over(second, kWhere) == last);
    CHECK(second.written_us(kWhere).has_value());
    CHECK(take_over(second, kOther) == "none");
  }
  // One who took over, and the one before, who does not know yet.
  SnapshotTopic second(state.config);
  CHECK(take_over(second, kWhere) == last);
  replace(second, kWhere, "second");
  replace(first, kWhere, "zombie");
  replace(first, kWhere, "zombie again");
  CHECK(take_over(state, kWhere) == "second");
}

TEST_CASE("an owner that wrote nothing takes nothing from the next when it wakes up") {
  const StateTopic state;
  SnapshotTopic first(state.config);
  first.take_over(kWhere);
  replace(first, kWhere, "first");
  SnapshotTopic silent(state.config);
  CHECK(take_over(silent, kWhere) == "first");
  SnapshotTopic third(state.config);
  CHECK(take_over(third, kWhere) == "first");
  replace(third, kWhere, "third");
  for (const char* late : {"late", "later", "too late"}) {
    replace(silent, kWhere, late);
    CHECK(take_over(state, kWhere) == "third");
  }
}

TEST_CASE("a producer that has ended for good is replaced, and snapshots go on") {
  StateTopic state;
  SnapshotTopic topic(state.config);
  topic.take_over(kWhere);
  replace(topic, kWhere, "first");
  for (int i = 0; i < 3; ++i) {
    const std::string next = bytes_of(30000 + i, 'n');
    state.mock.lose_producer();
    replace(topic, kWhere, next);
    CHECK(take_over(state, kWhere) == next);
  }
  replace(topic, kWhere, "last");
  CHECK(take_over(state, kWhere) == "last");
}

TEST_CASE("a snapshot of more than is on its way, or read, at a time is handed on whole") {
  const StateTopic state;
  SnapshotTopic topic(state.config);
  topic.take_over(kWhere);
  const std::string bytes = bytes_of(9'000'000, 'l');
  replace(topic, kWhere, bytes);
  CHECK(take_over(state, kWhere) == bytes);
}

TEST_CASE("the newest snapshot is found far from the end of the topic") {
  const StateTopic state;
  SnapshotTopic topic(state.config);
  topic.take_over(kWhere);
  replace(topic, kWhere, "early");
  for (int other = 5; other < 9; ++other)  // 250 records each
    replace(topic, {"kpi", other}, std::string(249 * 7976, 'x'));
  CHECK(take_over(state, kWhere) == "early");
}

TEST_CASE("a state topic that cannot be read is no empty one") {
  config::Config config;
  config.kafka.brokers = "127.0.0.1:1";
  config.kafka.group_id = "g";
  config.state.topic = "state";
  SnapshotTopic topic(config, std::chrono::milliseconds(300));
  bool unavailable = false;
  try {
    topic.take_over(kWhere);
  } catch (const StateUnavailable& e) {
    unavailable = true;
    CHECK(std::string(e.what()).starts_with("state.topic: state: "));
  }
  CHECK(unavailable);
  CHECK(test::error_of([&] { replace(topic, kWhere, "x"); }).starts_with("state.topic: state: "));
}

}  // namespace snapshot_topic_test
}  // namespace faultprint::daemon
