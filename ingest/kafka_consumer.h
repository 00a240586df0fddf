// The one consumer of the Kafka cluster (librdkafka). Offsets are stored by hand, after the
// verdicts of a record are out. Use from one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace faultprint::ingest {

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
  std::string text() const { return topic + "/" + std::to_string(partition); }
};

// Offsets below zero: none. An offset names the next record to read, as Kafka's own do.
struct PartitionOffset {
  TopicPartition where;
  std::int64_t offset = -1;
};

// What a partition holds: from the first record on, up to before `end`. Below zero: not known.
struct PartitionLimits {
  std::int64_t first = -1;
  std::int64_t end = -1;
};

// One record, owned by librdkafka until this object goes.
class KafkaRecord {
 public:
  explicit KafkaRecord(void* message) : message_(message) {}
  ~KafkaRecord();
  KafkaRecord(KafkaRecord&& other) noexcept;
  KafkaRecord& operator=(KafkaRecord&& other) noexcept;

  std::string_view payload() const;                        // empty for a tombstone
  std::string_view key() const;                            // empty where there is none
  std::string_view header(const std::string& name) const;  // the last of that name; or empty
  std::vector<std::pair<std::string_view, std::string_view>> headers() const;
  std::string_view topic() const;
  // The record's topic as an address that stays the same while it is subscribed: a cheap look-up
  // key.
  const void* topic_handle() const;
  std::int32_t partition() const;
  std::int64_t offset() const;
  std::int64_t timestamp_us() const;  // the record's own; 0 where it has none

 private:
  void* message_;  // rd_kafka_message_t
};

// Told of the group's decisions from inside poll(), on the polling thread.
class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  // Committed offsets are given (-1: none). Returns where each partition is to be read from:
  // an offset >= 0, or -1 for the committed one, or, without one, kafka.start.
  virtual std::vector<PartitionOffset> assigned(const std::vector<PartitionOffset>& committed) = 0;
  // Give everything out, store offsets, write snapshots: after this the partitions are others'.
  // `lost`: they are others' already; offsets cannot be committed any more.
  virtual void revoked(const std::vector<TopicPartition>& partitions, bool lost) = 0;
  // The broker does not say what is committed: whether to go on asking.
  virtual bool waits() { return true; }
};

// Where log lines of all Kafka clients go, librdkafka's own among them; called from any thread.
// Without it they are dropped; nothing is ever written to standard error.
void set_kafka_log(void (*log)(int syslog_level, const char* message));

// Whether librdkafka takes each of kafka.properties: config::ConfigError with file and line of the
// first that it does not. references_too: those to the environment and to files can be looked up.
void check_properties(const config::Config& config, bool references_too);

class KafkaConsumer {
 public:
  // Joins the group; throws std::runtime_error with librdkafka's words on a bad setting (a wrong
  // broker address is not one: it is retried, and seen in last_error()).
  // The listener must outlive the consumer.
  KafkaConsumer(const config::KafkaConfig& kafka, const std::string& client_id,
                RebalanceListener& listener);
  ~KafkaConsumer();  // close() if that was not called

  // The next record, waiting at most `timeout`; nothing when none came. Passes on what the listener
  // throws; std::runtime_error when the client has failed for good. Records must be gone before the
  // consumer is.
  std::optional<KafkaRecord> poll(std::chrono::milliseconds timeout);

  // Everything before `offset` is dealt with; committed in the background (twice a second) and at
  // revocation and close.
  void store_offset(const TopicPartition& where, std::int64_t offset);
  // Commits `offset`, now and in the background, be it below what is committed already.
  void commit_at(const TopicPartition& where, std::int64_t offset);
  // Commits what is stored, now; false with the reason in last_error().
  bool commit();

  // Records in the partition, from the last one read to its end; -1 while unknown.
  std::int64_t lag(const TopicPartition& where, std::int64_t next_offset) const;
  // The first offset whose record's timestamp is at or after `time_us`; -1 when unknown.
  std::int64_t offset_for_time(const TopicPartition& where, std::int64_t time_us,
                               std::chrono::milliseconds timeout);
  PartitionLimits limits(const TopicPartition& where, std::chrono::milliseconds timeout);
  // Whether a partition without a committed offset is read from its end: kafka.start says latest,
  // and it was there already when this consumer first looked. One added since is read whole.
  bool starts_at_end(const TopicPartition& where) const;
  // The timestamp of the record just before `offset`, in microseconds; -1 when it cannot be had.
  // Reads it through a second, group-less consumer.
  std::int64_t timestamp_before(const TopicPartition& where, std::int64_t offset,
                                std::chrono::milliseconds timeout);

  bool connected() const;          // some broker answers
  std::string last_error() const;  // why not, or the last problem; "" when all is well
  // Why no record comes from this topic, though its partitions are ours; "" when all is well.
  std::string topic_error(const std::string& topic) const;

  // Revokes (the listener is told), commits what is stored and leaves the group at once; static
  // members (group.instance.id) stay in it until session.timeout.ms.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
