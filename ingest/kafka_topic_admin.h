// Looks for a compacted topic, and makes it where it is not there.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <string>

#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

// The number of its partitions; it is made with kStatePartitions and the brokers' replication.
// `client`: a consumer, as producers make topics by asking for them, not compacted.
// std::runtime_error says why it cannot be had: no right to make it, no broker that answers in
// time.
constexpr int kStatePartitions = 16;
int compacted_topic(rd_kafka_t& client, const std::string& topic,
                    std::chrono::milliseconds timeout);

}  // namespace faultprint::ingest
