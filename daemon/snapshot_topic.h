// Snapshots in a compacted topic (state.topic), for daemons that share no directory: chunks under
// the brokers' limit of a record, see snapshot_records.h. From any thread.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/snapshot_place.h"
#include "daemon/snapshot_records.h"
#include "ingest/kafka_state_log.h"

namespace faultprint::daemon {

class SnapshotTopic : public SnapshotPlace {
 public:
  // Asks no broker yet. answer_time: how long one may take. std::runtime_error on a bad setting.
  explicit SnapshotTopic(const config::Config& config,
                         std::chrono::milliseconds answer_time = std::chrono::seconds(20));

  void replace(const ingest::TopicPartition& where, const SnapshotWrite& write) override;
  std::optional<ingest::StatePieces> take_over(const ingest::TopicPartition& where) override;
  std::optional<std::int64_t> written_us(const ingest::TopicPartition& where) const override;

 private:
  struct Owned {
    SnapshotStamp last;                                // that was begun
    bool whole = true;                                 // it was written to its end
    std::array<std::size_t, kSnapshotSlots> chunks{};  // of each slot
    std::optional<std::int64_t> written_us;
  };

  Owned begin(const ingest::TopicPartition& where);
  std::string prefix(const ingest::TopicPartition& where) const;
  int place_of(const std::string& prefix);
  void claim(const std::string& prefix, std::uint64_t owner, std::int64_t now_us);
  SnapshotRecords read_back(const std::string& prefix);
  ingest::StatePieces pieces_of(SnapshotRecords::Found found, int place);
  std::vector<std::string> read_chunks(const SnapshotRecords::Found& found, std::size_t from,
                                       std::size_t to, int place);

  const std::string group_id_;
  const std::chrono::milliseconds answer_time_;
  ingest::KafkaStateLog log_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<ingest::TopicPartition, Owned> owned_;
};

}  // namespace faultprint::daemon
