// Snapshots in the state directory: one file a partition, replaced atomically.
#pragma once

#include <string>

#include "daemon/snapshot_place.h"

namespace faultprint::daemon {

class SnapshotFolder : public SnapshotPlace {
 public:
  // It is made where it does not exist; std::runtime_error when that fails or it cannot be written.
  explicit SnapshotFolder(std::string directory);

  void replace(const ingest::TopicPartition& where, const SnapshotWrite& write) override;
  std::optional<ingest::StatePieces> take_over(const ingest::TopicPartition& where) override;
  std::optional<std::int64_t> written_us(const ingest::TopicPartition& where) const override;

 private:
  std::string path(const ingest::TopicPartition& where) const;

  std::string directory_;
};

}  // namespace faultprint::daemon
