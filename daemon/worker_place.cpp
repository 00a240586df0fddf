// Where a worker reads on in a log that may have been cut or made again.
#include <algorithm>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/reading_place.h"
#include "daemon/worker.h"

namespace faultprint::daemon {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);
constexpr auto kLookTime = std::chrono::milliseconds(500);
constexpr std::chrono::microseconds kClocksDiffer = std::chrono::seconds(5);  // producers' and ours

}  // namespace

std::int64_t Worker::find_place(std::unique_ptr<Partition>& partition, std::int64_t committed,
                                std::int64_t snapshot) {
  const ingest::TopicPartition where = partition->where;
  KnownOffsets known{
      .committed = committed, .snapshot = snapshot, .from_end = consumer_->starts_at_end(where)};
  const auto limits = consumer_->limits(where, look_up_time());
  known.snapshot_of_another = committed < 0 && younger_than_snapshot(where, snapshot);
  ReadingPlace place = reading_place(known, limits);
  if (!place.state_fits) {
    log::warning("snapshot refused",
                 {{"partition", where.text()}, {"reason", "it is of a topic that was made again"}});
    partition = make_partition(where);
  }
  if (place.begins_anew) {
    log::warning("the partition begins anew", {{"partition", where.text()}});
    partition->dirty = true;  // the snapshot is of no offset of this log
    consumer_->commit_at(where, place.start);
  }
  if (place.skipped > 0) tell_skipped(*partition, place.skipped, place.start);
  const bool empty = snapshot < 0 || !place.state_fits;
  if (empty && committed >= 0 && place.start == committed)
    place.start = warm_up_from(where, committed);
  partition->live_from = place.live_from;
  partition->next_offset = place.start;
  partition->end = limits.end;
  // Where `latest` was on the first day stays, though no record comes until the next start.
  if (committed < 0 && snapshot < 0 && known.from_end && place.start >= 0)
    consumer_->commit_at(where, place.start);
  return place.start;
}

// Kafka forgets committed offsets with their topic, and the snapshot may lie within the new one.
bool Worker::younger_than_snapshot(const ingest::TopicPartition& where, std::int64_t offset) {
  const auto written_us = snapshots_.written_us(where);
  return offset > 0 && written_us &&
         consumer_->timestamp_before(where, offset, look_up_time()) >
             *written_us + kClocksDiffer.count();
}

// The topic was made again, or its log cut: none of what comes now has been judged.
void Worker::begin_anew(Partition& partition, std::int64_t offset) {
  log::warning("the partition begins anew", {{"partition", partition.where.text()},
                                             {"expected", partition.next_offset},
                                             {"offset", offset}});
  Partition* const alone = &partition;
  give_out({&alone, 1});
  partition.next_offset = partition.live_from = offset;
  partition.stored_offset = -1;
  partition.end = 0;
  consumer_->commit_at(partition.where, offset);
  partition.dirty = true;
  snapshot(partition);  // the one before is of no offset of this log
}

// Kafka goes on at the first record when the one asked for has gone. Compaction and transactions
// leave holes too: asked seldom, as they may have many.
void Worker::look_for_skipped(const Partition& partition, std::int64_t offset) {
  if (Clock::now() < next_look_) return;
  next_look_ = Clock::now() + kLookEvery;
  const auto log = consumer_->limits(partition.where, kLookTime);
  const std::int64_t expected = std::max(partition.next_offset, partition.live_from);
  if (log.first > expected) tell_skipped(partition, std::min(offset, log.first) - expected, offset);
}

void Worker::tell_skipped(const Partition& partition, std::int64_t records, std::int64_t offset) {
  log::error("records are gone before they were read",
             {{"partition", partition.where.text()}, {"records", records}, {"offset", offset}});
  metrics_.records_skipped(static_cast<std::uint64_t>(records));
}

}  // namespace faultprint::daemon
