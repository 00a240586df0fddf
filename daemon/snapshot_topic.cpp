#include "daemon/snapshot_topic.h"

#include <zlib.h>

#include <algorithm>

#include "daemon/clock.h"

namespace faultprint::daemon {
namespace {

// Records looked at first; where the newest snapshot is not among them, twice as many, and so on.
constexpr std::int64_t kLookBack = 256;
constexpr std::size_t kReadTogether = 4 * 1024 * 1024;  // bytes
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

void SnapshotTopic::replace(const ingest::TopicPartition& where, const SnapshotWrite& write) {
  const Owned begun = begin(where);
  const std::string keys = prefix(where);
  const auto slot = static_cast<std::size_t>(slot_of(begun.last));
  const std::int64_t now_us = unix_now_us();
  std::size_t chunks = 0;
  const auto fill = [&](const ingest::KafkaStateLog::Take& put) {
    SnapshotCutter cutter(keys, begun.last, log_.most_bytes(), now_us, put);
    write([&cutter](std::string_view piece) { cutter.add(piece); });
    chunks = cutter.finish(begun.chunks[slot]);
  };
  log_.write(place_of(keys), fill, answer_time_);
  const std::lock_guard lock(mutex_);
  Owned& owned = owned_[where];
  owned.whole = true;
  owned.chunks[slot] = chunks;
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
    const auto fill = [&](const auto& put) { put(claim_record(prefix, owner, now_us)); };
    log_.write(place_of(prefix), fill, std::min(answer_time_, kClaimTime));
  } catch (const std::runtime_error&) {
  }
}

// Of the newest snapshot's chunks, those before `to`. They are gone where one who had the
// partition before, and does not know yet, writes over them.
std::vector<std::string> SnapshotTopic::read_chunks(const SnapshotRecords::Found& found,
                                                    std::size_t from, std::size_t to, int place) {
  std::vector<std::string> chunks(to - from);
  std::size_t read = 0;
  const auto first = found.chunks.begin() + static_cast<std::ptrdiff_t>(from);
  const auto last = found.chunks.begin() + static_cast<std::ptrdiff_t>(to);
  const auto [least, most] = std::minmax_element(first, last);
  const auto take = [&](const ingest::StateRecord& record) {
    const auto at = std::find(first, last, record.offset);
    const auto bytes = at == last ? std::nullopt : bytes_of_chunk(record.value, found.stamp);
    if (!bytes) return;
    chunks[static_cast<std::size_t>(at - first)] = *bytes;
    ++read;
  };
  log_.read(place, *least, *most + 1, take, answer_time_);
  if (read != chunks.size()) throw std::runtime_error("state.topic: it was written meanwhile");
  return chunks;
}

// So much at a time that asking costs little, and memory, too.
ingest::StatePieces SnapshotTopic::pieces_of(SnapshotRecords::Found found, int place) {
  const std::size_t together = std::max<std::size_t>(1, kReadTogether / log_.most_bytes());
  return {found.bytes,
          [this, found = std::move(found), place, together, next = std::size_t{0},
           chunks = std::vector<std::string>()]() mutable -> std::string_view {
            if (next == found.chunks.size()) return {};
            const std::size_t at = next % together;
            try {
              if (at == 0) {
                chunks.clear();
                chunks =
                    read_chunks(found, next, std::min(next + together, found.chunks.size()), place);
              }
            } catch (const std::runtime_error& e) {
              throw StateUnavailable(e.what());
            }
            ++next;
            return chunks[at];
          }};
}

std::optional<ingest::StatePieces> SnapshotTopic::take_over(const ingest::TopicPartition& where) {
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
    return newest ? std::optional(pieces_of(*std::move(newest), place_of(keys))) : std::nullopt;
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
