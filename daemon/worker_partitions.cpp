// A worker's partitions as the group gives and takes them.
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/worker.h"

namespace faultprint::daemon {
namespace {

constexpr auto kLookUp = std::chrono::seconds(10);  // for all partitions of an assignment together

}  // namespace

std::unique_ptr<Worker::Partition> Worker::make_partition(const ingest::TopicPartition& where) {
  auto options = ingest::WindowStore::options(config_.group.stream);
  return std::make_unique<Partition>(
      Partition{.where = where,
                .pipeline = Pipeline(model_, config_, options, memory_, plans_),
                .decoder = &decoders_.of(where.topic),
                .next_offset = -1,
                .stored_offset = -1,
                .live_from = -1,
                .dirty = false,
                .heard_us = unix_now_us(),
                .reload_due = false,
                .late = {}});
}

std::vector<ingest::PartitionOffset> Worker::assigned(
    const std::vector<ingest::PartitionOffset>& committed) {
  std::vector<ingest::PartitionOffset> starts;
  look_up_until_ = Clock::now() + kLookUp;
  for (const auto& [where, offset] : committed) {
    last_round_ = Clock::now();
    auto partition = make_partition(where);
    const std::int64_t start = restore(partition, offset);
    log::info("partition assigned", {{"partition", where.text()},
                                     {"committed", offset},
                                     {"start", start},
                                     {"elements", partition->pipeline.store().elements()}});
    starts.push_back({where, start});
    partitions_[where] = std::move(partition);
  }
  by_handle_.clear();
  last_found_ = nullptr;
  report();  // before anyone asks whether it joined: what it reads is known by then
  joined_ = true;
  return starts;
}

// The snapshot, or a way back as long as the warm-up. Nothing is given out before `committed`.
std::int64_t Worker::restore(std::unique_ptr<Partition>& partition, std::int64_t committed) {
  const ingest::TopicPartition where = partition->where;
  std::int64_t start = -1;
  bool restored = false;
  std::vector<AlarmEvent> events;
  try {
    if (const auto at = snapshots_.read(where, partition->pipeline, events)) {
      start = *at;
      restored = true;
    }
    if (restored && start < consumer_->first_offset(where, look_up_time()))
      throw ingest::StateError("the topic no longer holds what follows it");
  } catch (const ingest::StateError& e) {
    log::warning("snapshot refused", {{"partition", where.text()}, {"reason", e.what()}});
    partition = make_partition(where);
    events.clear();
    restored = false;
  }
  show_restored(*partition);
  write_events(*partition, events);
  // What came while this process was away is yet to be read, and is no silence: see TopicSilence.
  if (restored && partition->pipeline.store().elements() > 0)
    partition->heard_us = std::min(partition->heard_us, partition->pipeline.store().watermark_us());
  partition->live_from = committed;
  if (!restored) start = committed < 0 ? -1 : warm_up_from(where, committed);
  partition->next_offset = start;
  if (!events.empty()) {  // the model is another one than the snapshot's: see adopt_reload()
    partition->dirty = true;
    snapshot(*partition);
  }
  return start;
}

void Worker::show_restored(Partition& partition) {
  const std::int64_t reached_us = partition.pipeline.store().watermark_us();
  const auto turn = board_.turn();
  for (const ActiveAlarm& alarm : partition.pipeline.active_alarms()) {
    if (const auto group = board_.folds().restore(alarm)) show(partition, *group, reached_us);
    show(partition, alarm, reached_us);
  }
}

void Worker::hand_over(const Partition& partition) {
  const auto turn = board_.turn();
  const auto drop = [this](const std::string& id) {
    metrics_.alarm_handed_over(id);
    board_.remove(id);
  };
  for (const ActiveAlarm& alarm : partition.pipeline.active_alarms()) {
    drop(alarm.id);
    if (const auto group = board_.folds().hand_over(alarm)) drop(*group);
  }
}

std::chrono::milliseconds Worker::look_up_time() const {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(look_up_until_ - Clock::now());
  return std::max(left, std::chrono::milliseconds(50));
}

std::int64_t Worker::warm_up_from(const ingest::TopicPartition& where, std::int64_t committed) {
  const std::int64_t last = consumer_->timestamp_before(where, committed, look_up_time());
  if (last < 0) return committed;
  const std::int64_t from = consumer_->offset_for_time(
      where, last - config_.group.stream.warm_up.count(), look_up_time());
  return from < 0 || from > committed ? committed : from;
}

void Worker::revoked(const std::vector<ingest::TopicPartition>& partitions, bool lost) {
  for (const ingest::TopicPartition& where : partitions) {
    const auto found = partitions_.find(where);
    if (found == partitions_.end()) continue;
    Partition& partition = *found->second;
    if (!lost && !failed_) {
      Partition* const alone = &partition;
      give_out({&alone, 1});
      store_offsets();
      snapshot(partition);
    }
    hand_over(partition);
    metrics_.partition_revoked(where);
    log::info("partition revoked", {{"partition", where.text()}, {"lost", lost}});
    partitions_.erase(found);
  }
  by_handle_.clear();
  last_found_ = nullptr;
}

}  // namespace faultprint::daemon
