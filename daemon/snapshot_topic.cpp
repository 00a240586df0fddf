#include "daemon/snapshot_topic.h"

#include <zlib.h>

#include <algorithm>

#include "daemon/clock.h"

namespace faultprint::daemon {
namespace {

// Records looked at first; where the newest snapshot is not among them, twice as many, and so on.
constexpr std::int64_t kLookBack = 256;
constexpr std::chrono::milliseconds kClaimTime = std::chrono::seconds(1);

}  // namespace

SnapshotTopic::SnapshotTopic(const config::Config& config, std::chrono::milliseconds answer_time)
    : group_id_(config.kafka.group_id),
      answer_time_(answer_time),
      log_(config.kafka, config.state.topic) {}

std::string SnapshotTopic::prefix(const ingest::TopicPartition& where) const {
  return snapshot_prefix(group_id_, where);
}

// Of the state topic; the same in each process.
int SnapshotTopic::place_of(const std::string& prefix) {
  const auto hash = crc32_z(0, reinterpret_cast<const Bytef*>(prefix.data()), prefix.size());
  return static_cast<int>(hash % static_cast<unsigned>(log_.partitions(answer_time_)));
}

// The slot of one that was cut short is used again: the other one has what is whole.
SnapshotTopic::Owned SnapshotTopic::begin(const ingest::TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  Owned& owned = owned_[where];
  owned.last.sequence += owned.whole ? 1 : 2;
  owned.whole = false;
  return owned;
}

void SnapshotTopic::replace(const ingest::TopicPartition& where, std::string_view bytes) {
  const Owned begun = begin(where);
  const std::string keys = prefix(where);
  const auto slot = static_cast<std::size_t>(slot_of(begun.last));
  const std::int64_t now_us = unix_now_us();
  const std::size_t chunk_bytes = log_.most_bytes();
  log_.write(place_of(keys),
             snapshot_records(keys, begun.last, bytes, chunk_bytes, begun.chunks[slot], now_us),
             answer_time_);
  const std::lock_guard lock(mutex_);
  Owned& owned = owned_[where];
  owned.whole = true;
  owned.chunks[slot] = (bytes.size() + chunk_bytes - 1) / chunk_bytes;
  owned.written_us = now_us;
}

SnapshotRecords SnapshotTopic::read_back(const std::string& prefix) {
  const int place = place_of(prefix);
  const ingest::PartitionLimits limits = log_.limits(place, answer_time_);
  for (std::int64_t back = kLookBack;; back *= 2) {
    const std::int64_t from = std::max(limits.first, limits.end - back);
    SnapshotRecords records(prefix);
    log_.read(
        place, from, limits.end,
        [&records](const ingest::StateRecord& record) { records.add(record); }, answer_time_);
    if (from == limits.first || records.settled()) return records;
  }
}

// Where brokers do not take it, the next snapshot says so.
void SnapshotTopic::claim(const std::string& prefix, std::uint64_t owner, std::int64_t now_us) {
  try {
    log_.write(place_of(prefix), {claim_record(prefix, owner, now_us)},
               std::min(answer_time_, kClaimTime));
  } catch (const std::runtime_error&) {
  }
}

std::optional<std::string> SnapshotTopic::take_over(const ingest::TopicPartition& where) {
  try {
    const std::string keys = prefix(where);
    const SnapshotRecords records = read_back(keys);
    auto newest = records.newest();
    Owned owned;
    owned.chunks = records.chunks();
    const std::int64_t now_us = unix_now_us();
    owned.last = stamp_after(records.owner(), newest ? newest->stamp : SnapshotStamp(),
                             static_cast<std::uint64_t>(now_us / 1000));
    claim(keys, owned.last.owner, now_us);
    if (newest) owned.written_us = newest->written_us;
    const std::lock_guard lock(mutex_);
    owned_[where] = owned;
    return newest ? std::optional(std::move(newest->bytes)) : std::nullopt;
  } catch (const std::runtime_error& e) {
    throw StateUnavailable(e.what());
  }
}

std::optional<std::int64_t> SnapshotTopic::written_us(const ingest::TopicPartition& where) const {
  const std::lock_guard lock(mutex_);
  const auto found = owned_.find(where);
  return found == owned_.end() ? std::nullopt : found->second.written_us;
}

}  // namespace faultprint::daemon
