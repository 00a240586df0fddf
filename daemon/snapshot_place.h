// Where snapshots are kept: a directory of the machine, or a compacted topic.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "config/config.h"
#include "ingest/kafka_consumer.h"
#include "ingest/state_io.h"

namespace faultprint::daemon {

// Whether there is a snapshot cannot be told now; it is worth asking again.
class StateUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Gives a snapshot's bytes to the sink, piece by piece; the same ones when it is asked again.
using SnapshotWrite = std::function<void(const ingest::StateSink&)>;

class SnapshotPlace {
 public:
  virtual ~SnapshotPlace() = default;
  // Afterwards, and after a failure at any point, the old one or the new one is there, whole.
  // std::runtime_error when it fails; the old one stays then.
  virtual void replace(const ingest::TopicPartition& where, const SnapshotWrite& write) = 0;
  // Nothing where there is none. From now on the partition is the caller's: what one that had it
  // before may still write is not read again, where the place can tell. StateUnavailable, from it
  // and from the pieces.
  virtual std::optional<ingest::StatePieces> take_over(const ingest::TopicPartition& where) = 0;
  // When the newest one was written, as far as is known; nothing when there is none.
  virtual std::optional<std::int64_t> written_us(const ingest::TopicPartition& where) const = 0;
};

// What the configuration names; null where it names none. std::runtime_error where it cannot be
// used.
std::unique_ptr<SnapshotPlace> snapshot_place(const config::Config& config);

}  // namespace faultprint::daemon
