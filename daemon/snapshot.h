// Snapshots of a partition's state in the state directory: one file a partition, replaced
// atomically, checked by length, checksum and by what it was written for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/pipeline.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

class SnapshotStore {
 public:
  // An empty directory: nothing is kept. It is made where it does not exist; std::runtime_error
  // when that fails or it cannot be written.
  explicit SnapshotStore(std::string directory);

  bool enabled() const { return !directory_.empty(); }
  // State after all records before `offset`. Returns the bytes written; std::runtime_error.
  std::size_t write(const ingest::TopicPartition& where, std::int64_t offset,
                    const Pipeline& pipeline) const;
  // Restores the pipeline and returns the offset to read on from; nothing when there is no
  // snapshot. ingest::StateError says why one cannot be used; the pipeline is then to be made anew.
  std::optional<std::int64_t> read(const ingest::TopicPartition& where, Pipeline& pipeline,
                                   std::vector<AlarmEvent>& events) const;
  // When the newest one was written; nothing when there is none.
  std::optional<std::int64_t> written_us(const ingest::TopicPartition& where) const;

 private:
  std::string path(const ingest::TopicPartition& where) const;

  std::string directory_;
};

}  // namespace faultprint::daemon
