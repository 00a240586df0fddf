// Snapshots of a partition's state, checked by length, checksum and by what they were written for.
// Where they are kept: state.topic or state.directory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "daemon/pipeline.h"
#include "daemon/snapshot_place.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

// One group of elements of a partition: its state, and who belongs to it.
struct SnapshotPart {
  const config::GroupConfig* group;
  Pipeline* pipeline;
};

class SnapshotStore {
 public:
  // Null: none are kept.
  explicit SnapshotStore(std::unique_ptr<SnapshotPlace> place) : place_(std::move(place)) {}

  bool enabled() const { return place_ != nullptr; }
  // State after all records before `offset`. Returns the bytes written; std::runtime_error.
  std::size_t write(const ingest::TopicPartition& where, std::int64_t offset,
                    std::span<const SnapshotPart> parts) const;
  // Restores the pipelines and returns the offset to read on from; nothing when there is no
  // snapshot. ingest::StateError says why one cannot be used, StateUnavailable that it is to be
  // asked again: after both, pipelines and events are to be made anew.
  std::optional<std::int64_t> read(const ingest::TopicPartition& where,
                                   std::span<const SnapshotPart> parts,
                                   std::vector<AlarmEvent>& events) const;
  // Of a configuration without groups.
  std::size_t write(const ingest::TopicPartition& where, std::int64_t offset,
                    Pipeline& pipeline) const;
  std::optional<std::int64_t> read(const ingest::TopicPartition& where, Pipeline& pipeline,
                                   std::vector<AlarmEvent>& events) const;
  // When the newest one was written; nothing when there is none.
  std::optional<std::int64_t> written_us(const ingest::TopicPartition& where) const {
    return enabled() ? place_->written_us(where) : std::nullopt;
  }

 private:
  std::unique_ptr<SnapshotPlace> place_;
};

}  // namespace faultprint::daemon
