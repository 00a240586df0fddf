// What librdkafka's clients share: broker addresses, properties, log lines.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

#include "config/config.h"

namespace faultprint::ingest {

using Properties = std::map<std::string, std::string>;

struct ConfDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using KafkaConf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

// Some versions (2.0.2 is one) never end a client that lost a topic and found it again, as when the
// right to read it was withdrawn and given back: one that does not end in time is left behind,
// idle, so that the process can end.
struct KafkaDeleter {
  void operator()(rd_kafka_t* kafka) const;
};
using KafkaHandle = std::unique_ptr<rd_kafka_t, KafkaDeleter>;

struct TopicDeleter {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, TopicDeleter>;

struct MessageDeleter {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using MessageHandle = std::unique_ptr<rd_kafka_message_t, MessageDeleter>;

struct QueueDeleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using QueueHandle = std::unique_ptr<rd_kafka_queue_t, QueueDeleter>;

struct EventDeleter {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
using EventHandle = std::unique_ptr<rd_kafka_event_t, EventDeleter>;

struct PartitionListDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, PartitionListDeleter>;

// `defaults` yield to kafka.properties; `fixed` are what the code relies on: naming one of them in
// kafka.properties with another value is an error. Throws std::runtime_error
// "kafka.properties.<name>: <librdkafka's words>".
KafkaConf make_conf(const config::KafkaConfig& kafka, const Properties& defaults,
                    const Properties& fixed);

// For a consumer that joins no group.
config::KafkaConfig without_group(config::KafkaConfig kafka);

constexpr int kSyslogWarning = 4;
// To the hook of set_kafka_log().
void log_kafka(int syslog_level, const std::string& message);

// Starts a client; throws std::runtime_error with librdkafka's words.
KafkaHandle make_client(rd_kafka_type_t type, KafkaConf conf);

}  // namespace faultprint::ingest
