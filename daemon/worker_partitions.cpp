// A worker's partitions as the group gives and takes them.
#include <algorithm>
#include <iterator>

#include "daemon/clock.h"
#include "daemon/freed_memory.h"
#include "daemon/log.h"
#include "daemon/worker.h"

namespace faultprint::daemon {
namespace {

constexpr auto kLookUp = std::chrono::seconds(10);  // for all partitions of an assignment together
constexpr auto kAskAgain = std::chrono::milliseconds(500);
constexpr auto kOthersRead =
    std::chrono::minutes(10);  // a state may be long, and others' come first

constexpr std::size_t kManyRestored = 1000;

std::vector<AlarmEvent> of_group(const std::vector<AlarmEvent>& events, const std::string& name) {
  std::vector<AlarmEvent> own;
  std::copy_if(events.begin(), events.end(), std::back_inserter(own),
               [&](const AlarmEvent& event) { return event.element_group == name; });
  return own;
}

}  // namespace

std::unique_ptr<Worker::Partition> Worker::make_partition(const ingest::TopicPartition& where) {
  auto partition = std::make_unique<Partition>();
  partition->where = where;
  partition->heard_us = steady_us(Clock::now());
  for (const auto& group : groups_) {
    if (!group->config.group().reads_topic(where.topic)) continue;
    partition->shares.push_back(std::make_unique<GroupShare>(*group, where.topic));
    partition->shares.back()->pipeline.set_plans(plans_of(*partition->shares.back()));
  }
  partition->chooses =
      partition->shares.size() != 1 || !partition->shares.front()->group.takes_all();
  return partition;
}

std::vector<ingest::PartitionOffset> Worker::assigned(
    const std::vector<ingest::PartitionOffset>& committed) {
  std::vector<ingest::PartitionOffset> starts;
  std::size_t restored = 0;  // elements
  look_up_until_ = Clock::now() + kLookUp;
  for (const auto& [where, offset] : committed) {
    last_round_ = Clock::now();
    auto partition = make_partition(where);
    const std::int64_t start = restore(partition, offset);
    restored += partition->elements();
    log::info("partition assigned", {{"partition", where.text()},
                                     {"committed", offset},
                                     {"start", start},
                                     {"elements", partition->elements()}});
    starts.push_back({where, start});
    std::unique_ptr<Partition>& place = partitions_[where];
    std::erase(touched_, place.get());
    if (place) leave_homes(*place);
    place = std::move(partition);
    for (const auto& share : place->shares) {
      follow_homes(*share, where);
      share->pipeline.finish_batch();
    }
  }
  by_handle_.clear();
  last_found_ = nullptr;
  if (restored >= kManyRestored) give_back_freed_memory();
  report();  // before anyone asks whether it joined: what it reads is known by then
  joined_ = true;
  return starts;
}

// The snapshot, or a way back as long as the warm-up. Nothing is given out before `committed`.
std::int64_t Worker::restore(std::unique_ptr<Partition>& partition, std::int64_t committed) {
  std::int64_t snapshot_offset = -1;
  std::vector<AlarmEvent> events;
  restore_state(partition, snapshot_offset, events);
  const Partition* const with_state = partition.get();
  const std::int64_t start = find_place(partition, committed, snapshot_offset);
  if (partition.get() != with_state) events.clear();
  for (const auto& share : partition->shares) {
    show_restored(*share);
    write_events(*share, of_group(events, share->group.name()));
  }
  // What came while this process was away is yet to be read, and is no silence: see TopicSilence.
  if (partition->elements() > 0)
    if (const auto written_us = snapshots_.written_us(partition->where))
      partition->heard_us -= std::max<std::int64_t>(unix_now_us() - *written_us, 0);
  if (!events.empty()) partition->dirty = true;  // another model's snapshot: see adopt_reload()
  snapshot(*partition);
  // What today's rules made of it without a word is to be kept before others come.
  if (partition->elements() > 0) partition->dirty = true;
  return start;
}

void Worker::restore_state(std::unique_ptr<Partition>& partition, std::int64_t& offset,
                           std::vector<AlarmEvent>& events) {
  const ingest::TopicPartition where = partition->where;
  try {
    const auto at = read_snapshot(partition, events);
    offset = at.value_or(-1);
  } catch (const ingest::StateError& e) {
    log::warning("snapshot refused", {{"partition", where.text()}, {"reason", e.what()}});
    partition = make_partition(where);
    events.clear();
  }
}

// Without its state a partition would begin anew: better is to wait, not ready, and say why.
std::optional<std::int64_t> Worker::read_snapshot(std::unique_ptr<Partition>& partition,
                                                  std::vector<AlarmEvent>& events) {
  const ingest::TopicPartition where = partition->where;
  for (std::string told;;) {
    last_round_ = Clock::now() + kOthersRead;
    try {
      return snapshots_.read(where, parts_of(*partition), events);
    } catch (const StateUnavailable& e) {
      if (!waits()) throw;
      if (told != e.what())
        log::error("the state cannot be read: trying again",
                   {{"partition", where.text()}, {"reason", e.what()}});
      set_trouble(told = e.what());
      partition = make_partition(where);  // part of it may have been read
      events.clear();
    }
    std::this_thread::sleep_for(kAskAgain);
    look_up_until_ = Clock::now() + kLookUp;
  }
}

std::vector<SnapshotPart> Worker::parts_of(const Partition& partition) {
  std::vector<SnapshotPart> parts;
  for (const auto& share : partition.shares)
    parts.push_back({&share->group.config.group(), &share->pipeline});
  return parts;
}

void Worker::show_restored(GroupShare& share) {
  const std::int64_t reached_us = share.pipeline.store().watermark_us();
  AlarmFolds& folds = board_.folds(share.group.name());
  const auto turn = board_.turn();
  for (const ActiveAlarm& alarm : share.pipeline.active_alarms()) {
    if (const auto group = folds.restore(alarm)) show(share, *group, reached_us);
    show(share, alarm, reached_us);
  }
}

void Worker::hand_over(const GroupShare& share) {
  AlarmFolds& folds = board_.folds(share.group.name());
  const auto turn = board_.turn();
  const auto drop = [this](const std::string& id) {
    metrics_.alarm_handed_over(id);
    board_.remove(id);
  };
  for (const ActiveAlarm& alarm : share.pipeline.active_alarms()) {
    drop(alarm.id);
    if (const auto group = folds.hand_over(alarm)) drop(*group);
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
  std::int64_t warm_up = 0;  // of those that read it, the longest
  for (const auto& group : groups_)
    if (group->config.group().reads_topic(where.topic))
      warm_up = std::max(warm_up, group->stream().warm_up.count());
  const std::int64_t from = consumer_->offset_for_time(where, last - warm_up, look_up_time());
  return from < 0 || from > committed ? committed : from;
}

bool Worker::waits() {
  last_round_ = Clock::now();
  return !stopping_;
}

void Worker::revoked(const std::vector<ingest::TopicPartition>& partitions, bool lost) {
  bool written = true;
  for (const ingest::TopicPartition& where : partitions) {
    const auto found = partitions_.find(where);
    if (found == partitions_.end()) continue;
    last_round_ = Clock::now();
    Partition& partition = *found->second;
    if (!lost && !failed_) {
      Partition* const alone = &partition;
      give_out({&alone, 1});
      store_offsets();
      if (written) written = snapshot(partition);  // else the next would wait as long
    }
    for (const auto& share : partition.shares) hand_over(*share);
    leave_homes(partition);
    metrics_.partition_revoked(where);
    log::info("partition revoked", {{"partition", where.text()}, {"lost", lost}});
    std::erase(touched_, &partition);
    partitions_.erase(found);
  }
  by_handle_.clear();
  last_found_ = nullptr;
}

}  // namespace faultprint::daemon
