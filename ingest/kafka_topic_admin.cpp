#include "ingest/kafka_topic_admin.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace faultprint::ingest {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kSegment = "67108864";  // 64 MiB: what is not compacted yet
constexpr int kMostForPolicy = 1000;          // ms: it is asked for a warning alone
constexpr auto kLookForTopicAgain = std::chrono::milliseconds(100);

int admin_left_ms(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return std::max(1, static_cast<int>(left.count()));
}

// Nothing where there is no such topic, or its partitions have no leader yet.
std::optional<int> partitions_of(rd_kafka_t& client, const std::string& topic,
                                 Clock::time_point deadline) {
  const TopicHandle handle(rd_kafka_topic_new(&client, topic.c_str(), nullptr));
  if (!handle) throw std::runtime_error(rd_kafka_err2str(rd_kafka_last_error()));
  const rd_kafka_metadata_t* metadata = nullptr;
  if (const auto error =
          rd_kafka_metadata(&client, 0, handle.get(), &metadata, admin_left_ms(deadline)))
    throw std::runtime_error(rd_kafka_err2str(error));
  const auto destroy = [](const rd_kafka_metadata_t* m) { rd_kafka_metadata_destroy(m); };
  const std::unique_ptr<const rd_kafka_metadata_t, decltype(destroy)> owned(metadata, destroy);
  if (metadata->topic_cnt != 1) return std::nullopt;
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
      found.err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
    return std::nullopt;
  if (found.err) throw std::runtime_error(rd_kafka_err2str(found.err));
  for (int i = 0; i < found.partition_cnt; ++i)
    if (found.partitions[i].leader < 0) return std::nullopt;
  return found.partition_cnt > 0 ? std::optional(found.partition_cnt) : std::nullopt;
}

void make_topic(rd_kafka_t& client, const std::string& topic, Clock::time_point deadline) {
  char why[512] = "";
  // -1: the brokers' default.replication.factor.
  rd_kafka_NewTopic_t* made =
      rd_kafka_NewTopic_new(topic.c_str(), kStatePartitions, -1, why, sizeof why);
  if (made == nullptr) throw std::runtime_error(why);
  rd_kafka_NewTopic_set_config(made, "cleanup.policy", "compact");
  rd_kafka_NewTopic_set_config(made, "segment.bytes", kSegment);
  const QueueHandle queue(rd_kafka_queue_new(&client));
  rd_kafka_CreateTopics(&client, &made, 1, nullptr, queue.get());
  rd_kafka_NewTopic_destroy(made);
  const EventHandle event(rd_kafka_queue_poll(queue.get(), admin_left_ms(deadline)));
  if (!event) throw std::runtime_error("no broker makes it in time");
  if (const auto error = rd_kafka_event_error(event.get()))
    throw std::runtime_error(std::string("cannot be made: ") + rd_kafka_err2str(error));
  std::size_t count = 0;
  const auto* const result = rd_kafka_event_CreateTopics_result(event.get());
  const auto* const* const topics = rd_kafka_CreateTopics_result_topics(result, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(topics[i]);
    if (!error || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    const char* const words = rd_kafka_topic_result_error_string(topics[i]);
    throw std::runtime_error(std::string("is not there, and cannot be made: ") +
                             (words == nullptr ? rd_kafka_err2str(error) : words));
  }
}

// Its cleanup.policy; "" where we may not ask.
std::string cleanup_policy(rd_kafka_t& client, const std::string& topic,
                           Clock::time_point deadline) {
  rd_kafka_ConfigResource_t* asked =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  const QueueHandle queue(rd_kafka_queue_new(&client));
  rd_kafka_DescribeConfigs(&client, &asked, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(asked);
  const EventHandle event(
      rd_kafka_queue_poll(queue.get(), std::min(kMostForPolicy, admin_left_ms(deadline))));
  if (!event || rd_kafka_event_error(event.get())) return "";
  std::size_t count = 0;
  const auto* const result = rd_kafka_event_DescribeConfigs_result(event.get());
  const auto* const* const answers = rd_kafka_DescribeConfigs_result_resources(result, &count);
  if (count != 1 || rd_kafka_ConfigResource_error(answers[0])) return "";
  const auto* const* const entries = rd_kafka_ConfigResource_configs(answers[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    if (std::string_view(rd_kafka_ConfigEntry_name(entries[i])) == "cleanup.policy" &&
        value != nullptr)
      return value;
  }
  return "";
}

}  // namespace

int compacted_topic(rd_kafka_t& client, const std::string& topic,
                    std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  if (const auto found = partitions_of(client, topic, deadline)) {
    const std::string policy = cleanup_policy(client, topic, deadline);
    if (!policy.empty() && policy != "compact")
      log_kafka(kSyslogWarning, "state.topic: " + topic + " has cleanup.policy " + policy +
                                    ", not compact: it loses snapshots, or keeps them all");
    return *found;
  }
  make_topic(client, topic, deadline);
  for (;;) {
    if (const auto found = partitions_of(client, topic, deadline)) return *found;
    if (Clock::now() >= deadline) throw std::runtime_error("was made, and has no leader yet");
    std::this_thread::sleep_for(kLookForTopicAgain);
  }
}

}  // namespace faultprint::ingest
