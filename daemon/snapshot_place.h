// Where snapshots are kept: a directory of the machine, or a compacted topic.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "config/config.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

// Whether there is a snapshot cannot be told now; it is worth asking again.
class StateUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class SnapshotPlace {
 public:
  virtual ~SnapshotPlace() = default;
  // Afterwards, and after a failure at any point, the old one or the new one is there, whole.
  // std::runtime_error when it fails; the old one stays then.
  virtual void replace(const ingest::TopicPartition& where, std::string_view bytes) = 0;
  // Nothing where there is none. From now on the partition is the caller's: what one that had it
  // before may still write is not read again, where the place can tell. StateUnavailable.
  virtual std::optional<std::string> take_over(const ingest::TopicPartition& where) = 0;
  // When the newest one was written, as far as is known; nothing when there is none.
  virtual std::optional<std::int64_t> written_us(const ingest::TopicPartition& where) const = 0;
};

// What the configuration names; null where it names none. std::runtime_error where it cannot be
// used.
std::unique_ptr<SnapshotPlace> snapshot_place(const config::Config& config);

}  // namespace faultprint::daemon
