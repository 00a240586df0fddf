// What the consumer does when its group gives it partitions or takes them.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "ingest/kafka_consumer_impl.h"

namespace faultprint::ingest {
namespace {

using Kind = KafkaErrors::Kind;
constexpr int kCommittedTimeoutMs = 2000;
constexpr int kCommittedTries = 30;
constexpr std::chrono::milliseconds kCommittedPause{200};

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t& list) {
  std::vector<TopicPartition> result;
  result.reserve(static_cast<std::size_t>(list.cnt));
  for (int i = 0; i < list.cnt; ++i) {
    result.push_back({list.elems[i].topic, list.elems[i].partition});
  }
  return result;
}

}  // namespace

void KafkaConsumer::Impl::on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t decision,
                                       rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<Impl*>(opaque);
  const bool add = decision == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  try {
    if (add) {
      self.place(*partitions);
    } else if (decision == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
      self.give_up(*partitions);
    } else {
      self.errors.set(Kind::group, "", rd_kafka_err2str(decision));
      partitions = nullptr;
    }
  } catch (...) {
    self.failure = std::current_exception();
  }
  self.assign(partitions, add);  // in any case: the group waits for it
}

void KafkaConsumer::Impl::assign(const rd_kafka_topic_partition_list_t* partitions, bool add) {
  const bool cooperative =
      std::strcmp(rd_kafka_rebalance_protocol(client.get()), "COOPERATIVE") == 0;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (cooperative && partitions != nullptr) {
    rd_kafka_error_t* const error = add ? rd_kafka_incremental_assign(client.get(), partitions)
                                        : rd_kafka_incremental_unassign(client.get(), partitions);
    code = rd_kafka_error_code(error);
    if (error != nullptr) rd_kafka_error_destroy(error);
  } else {
    code = rd_kafka_assign(client.get(), add ? partitions : nullptr);
  }
  if (code) errors.set(Kind::group, "", rd_kafka_err2str(code));
}

// Asks the listener where to read on and writes it into `partitions`.
void KafkaConsumer::Impl::place(rd_kafka_topic_partition_list_t& partitions) {
  connected = true;
  errors.clear(Kind::group);
  for (int i = 0; i < partitions.cnt; ++i) errors.clear(Kind::topic, partitions.elems[i].topic);
  note_topics();
  // An empty share too: the group has decided.
  const auto known = partitions.cnt == 0 ? std::vector<PartitionOffset>() : committed(partitions);
  for (const PartitionOffset& from : listener.assigned(known)) {
    rd_kafka_topic_partition_t* const place = rd_kafka_topic_partition_list_find(
        &partitions, from.where.topic.c_str(), from.where.partition);
    // Left alone, librdkafka starts at the committed offset or else at the first record.
    if (place == nullptr) continue;
    const auto at = std::find_if(known.begin(), known.end(),
                                 [&](const PartitionOffset& k) { return k.where == from.where; });
    if (from.offset >= 0)
      place->offset = from.offset;
    else if (at != known.end() && at->offset < 0 &&
             starts_at_end(from.where.topic, from.where.partition))
      place->offset = RD_KAFKA_OFFSET_END;
  }
}

bool KafkaConsumer::Impl::starts_at_end(const std::string& topic, std::int32_t partition) const {
  if (config.start != "latest") return false;
  if (!found_topics) return true;
  const auto known = found_topics->find(topic);
  return known != found_topics->end() && partition < known->second;
}

// Asks until it is known: to take it for none would be to read anew, or to skip.
std::vector<PartitionOffset> KafkaConsumer::Impl::committed(
    const rd_kafka_topic_partition_list_t& partitions) {
  for (int tries = 1;; ++tries) {
    const PartitionList list(rd_kafka_topic_partition_list_copy(&partitions));
    auto error = rd_kafka_committed(client.get(), list.get(), kCommittedTimeoutMs);
    std::vector<PartitionOffset> result;
    for (int i = 0; i < list->cnt; ++i) {
      const rd_kafka_topic_partition_t& at = list->elems[i];
      if (at.err) error = at.err;
      result.push_back({{at.topic, at.partition}, at.offset >= 0 ? at.offset : -1});
    }
    if (!error) return result;
    const std::string text = std::string("committed offsets: ") + rd_kafka_err2str(error);
    if (tries == kCommittedTries || !listener.waits()) throw std::runtime_error("kafka: " + text);
    log_kafka(kSyslogWarning, text);
    std::this_thread::sleep_for(kCommittedPause);
  }
}

void KafkaConsumer::Impl::give_up(const rd_kafka_topic_partition_list_t& partitions) {
  if (partitions.cnt == 0) return;
  const bool lost = rd_kafka_assignment_lost(client.get()) != 0;
  listener.revoked(partitions_of(partitions), lost);
  if (!lost) commit();
}

}  // namespace faultprint::ingest
