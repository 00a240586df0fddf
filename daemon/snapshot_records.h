// A partition's snapshots as records of a compacted topic, by key:
//
//     GROUP/TOPIC/PARTITION/SLOT/INDEX   a chunk of a snapshot, behind its stamp
//     GROUP/TOPIC/PARTITION/SLOT/end     that all its chunks came before: stamp, chunks, bytes
//     (JSON)
//     GROUP/TOPIC/PARTITION/owner        who has it now, before anything else it writes (JSON)
//
// A stamp names the owner by a number that is above those of all owners before: the milliseconds
// since 1970 when the partition became its own, or one or two more than the last it saw. Each has
// two slots in turn, other ones than the owner before: whatever is cut short, and whatever an owner
// writes that does not know yet that it no longer is one, a whole snapshot stays, and the newer
// owner's counts.
// A limit: one that lost the partition long ago, and does not know, may be gone on from where so
// much was written since that looking back ends before the newer owner's. What it wrote is a true
// state, too, only an older one, from which more is read again.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/kafka_state_log.h"

namespace faultprint::daemon {

// Of a snapshot: the later owner's is the newer one, then the later of one owner.
struct SnapshotStamp {
  std::uint64_t owner = 0;     // 0: there is none
  std::uint64_t sequence = 0;  // of this owner, from 1
  auto operator<=>(const SnapshotStamp&) const = default;
};

constexpr int kSnapshotSlots = 4;
int slot_of(const SnapshotStamp& stamp);

// What a new owner counts on from, after an owner it saw and the newest whole snapshot: its slots
// are not that owner's, and its first one is not that of the snapshot.
SnapshotStamp stamp_after(std::uint64_t owner_seen, const SnapshotStamp& whole,
                          std::uint64_t now_ms);

// What the keys of a partition begin with. A topic has no slash; a group may.
std::string snapshot_prefix(const std::string& group_id, const ingest::TopicPartition& where);

// A snapshot's records, in the order in which they are to be written, as its bytes come.
class SnapshotCutter {
 public:
  SnapshotCutter(std::string prefix, SnapshotStamp stamp, std::size_t chunk_bytes,
                 std::int64_t time_us, ingest::KafkaStateLog::Take put);

  void add(std::string_view bytes);
  // Returns its chunks. `chunks_before`: of the slot's snapshot before; what is not needed of them
  // is deleted.
  std::size_t finish(std::size_t chunks_before);

 private:
  void put_chunk();
  std::string key(std::string_view what) const;

  std::string prefix_;
  SnapshotStamp stamp_;
  std::size_t chunk_bytes_;
  std::int64_t time_us_;
  ingest::KafkaStateLog::Take put_;
  std::string chunk_;  // not put yet, behind its stamp
  std::size_t chunks_ = 0;
  std::size_t bytes_ = 0;
};

// That the partition has a new owner: the next one is to know it, though it writes no snapshot.
ingest::StateRecord claim_record(const std::string& prefix, std::uint64_t owner,
                                 std::int64_t time_us);

// Of the value of a chunk; nothing where it is another's.
std::optional<std::string_view> bytes_of_chunk(std::string_view value, const SnapshotStamp& stamp);

// What a topic's partition has of one of ours, as it is read: which records, not what is in them.
class SnapshotRecords {
 public:
  explicit SnapshotRecords(std::string prefix) : prefix_(std::move(prefix)) {}

  // In their order. Others' records, and what is none of these, change nothing.
  void add(const ingest::StateRecord& record);

  struct Found {
    SnapshotStamp stamp;
    std::size_t bytes = 0;
    std::vector<std::int64_t> chunks;  // the offset of each
    std::int64_t written_us = 0;
  };
  std::optional<Found> newest() const;  // whole one
  // Whether records before those that were added change nothing of newest().
  bool settled() const;
  std::uint64_t owner() const { return owner_; }  // the latest one seen
  // Of each slot: how many chunks it has, whole or not.
  std::array<std::size_t, kSnapshotSlots> chunks() const;

 private:
  struct Chunk {
    SnapshotStamp stamp;
    std::size_t bytes = 0;
    std::int64_t offset = -1;
  };
  struct End {
    SnapshotStamp stamp;
    std::size_t chunks = 0;
    std::size_t bytes = 0;
    std::int64_t written_us = 0;
  };
  struct Slot {
    std::map<std::uint32_t, Chunk> chunks;
    End end;
  };

  void add_claim(const std::string& value);
  void add_chunk(Slot& slot, std::string_view index, const ingest::StateRecord& record);
  void add_end(Slot& slot, const ingest::StateRecord& record);
  static bool is_whole(const Slot& slot);
  const Slot* newest_slot() const;

  std::string prefix_;
  std::array<Slot, kSnapshotSlots> slots_;
  std::uint64_t owner_ = 0;
};

}  // namespace faultprint::daemon
