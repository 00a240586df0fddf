// The inside of KafkaConsumer. Internal to kafka_consumer.cpp and kafka_rebalance.cpp.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <exception>
#include <map>
#include <optional>
#include <string>

#include "ingest/kafka_conf.h"
#include "ingest/kafka_consumer.h"
#include "ingest/kafka_errors.h"
#include "ingest/kafka_lookup.h"

namespace faultprint::ingest {

struct KafkaConsumer::Impl {
  Impl(const config::KafkaConfig& kafka_config, RebalanceListener& rebalance_listener)
      : config(kafka_config), listener(rebalance_listener) {}

  static void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque);
  static void on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t decision,
                           rd_kafka_topic_partition_list_t* partitions, void* opaque);

  void subscribe();
  void place(rd_kafka_topic_partition_list_t& partitions);
  std::vector<PartitionOffset> committed(const rd_kafka_topic_partition_list_t& partitions);
  void give_up(const rd_kafka_topic_partition_list_t& partitions);
  bool starts_at_end(const std::string& topic, std::int32_t partition) const;
  void assign(const rd_kafka_topic_partition_list_t* partitions, bool add);
  bool commit();
  void note_problem(const rd_kafka_message_t& message);
  void note_alive(const rd_kafka_message_t* message);
  void note_topics();
  void probe();

  const config::KafkaConfig config;
  RebalanceListener& listener;
  std::exception_ptr failure;  // thrown by the listener; must not pass through librdkafka
  KafkaErrors errors;
  std::atomic<bool> connected{false};
  bool closed = false;
  std::chrono::steady_clock::time_point next_probe;
  std::unique_ptr<KafkaLookup> lookup;
  // Where kafka.start is latest: topics as they were when a broker first answered, and their
  // partitions.
  std::optional<std::map<std::string, std::int32_t>> found_topics;
  KafkaHandle client;  // goes first: its callbacks use the others
};

}  // namespace faultprint::ingest
