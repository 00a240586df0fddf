#include "ingest/kafka_lookup.h"

#include <algorithm>

namespace faultprint::ingest {

namespace {

using Clock = std::chrono::steady_clock;

// Reads from `begin` up to `end`; the timestamp of the last record there, -1 without one.
std::int64_t last_timestamp(rd_kafka_topic_t* topic, std::int32_t partition, std::int64_t begin,
                            std::int64_t end, Clock::time_point deadline) {
  if (rd_kafka_consume_start(topic, partition, begin) != 0) return -1;
  std::int64_t timestamp_ms = -1;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) break;
    const MessageHandle message(rd_kafka_consume(topic, partition, static_cast<int>(left.count())));
    // The partition's end is told as an error.
    if (!message || message->err || message->offset >= end) break;
    timestamp_ms = rd_kafka_message_timestamp(message.get(), nullptr);
    if (message->offset == end - 1) break;
  }
  rd_kafka_consume_stop(topic, partition);
  return timestamp_ms < 0 ? -1 : timestamp_ms * 1000;
}

}  // namespace

KafkaLookup::KafkaLookup(const config::KafkaConfig& kafka)
    : client_(make_client(
          RD_KAFKA_CONSUMER,
          make_conf(without_group(kafka),
                    {{"client.id", "faultprint-lookup"}, {"fetch.wait.max.ms", "10"}},
                    {{"enable.partition.eof", "true"}, {"auto.offset.reset", "earliest"}}))) {}

std::int64_t KafkaLookup::timestamp_before(const std::string& topic, std::int32_t partition,
                                           std::int64_t offset, std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  const TopicHandle handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  if (!handle) return -1;
  // Compaction and transaction markers leave holes: where the offset just before is one, the record
  // is looked for further back.
  for (const std::int64_t back : {1, 32, 1024}) {
    if (offset < 1 || Clock::now() >= deadline) return -1;
    const std::int64_t begin = std::max<std::int64_t>(0, offset - back);
    const std::int64_t found = last_timestamp(handle.get(), partition, begin, offset, deadline);
    if (found >= 0 || begin == 0) return found;
  }
  return -1;
}

}  // namespace faultprint::ingest
