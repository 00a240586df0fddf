// What a worker does when model, alarm rules or plans change.
#include "daemon/worker.h"

namespace faultprint::daemon {

void Worker::reload(std::vector<GroupRules> rules) {
  const std::lock_guard lock(mutex_);
  reload_ = std::move(rules);
}

// What a partition is catching up with was given out under what was there before: until its end is
// reached the partition stays with that.
void Worker::adopt_reload() {
  std::optional<std::vector<GroupRules>> reload;
  {
    const std::lock_guard lock(mutex_);
    reload.swap(reload_);
  }
  if (reload)
    for (std::size_t i = 0; i < groups_.size(); ++i) groups_[i]->adopt(reload->at(i));
  if (!reload && !reloads_due_) return;
  reloads_due_ = false;
  for (auto& [where, partition] : partitions_) {
    if (reload) partition->reload_due = true;
    if (partition->reload_due && partition->next_offset >= partition->live_from)
      adopt_reload(*partition);
    reloads_due_ = reloads_due_ || partition->reload_due;
  }
}

// Between batches. The snapshot is what makes a place in the log of it: who reads this partition on
// after a kill does so under the new model, and must not read again what the old one has judged.
void Worker::adopt_reload(Partition& partition) {
  partition.reload_due = false;
  snapshot(partition);
  for (const auto& share : partition.shares) {
    std::vector<AlarmEvent> events;
    share->plans = share->group.plans;
    share->pipeline.set_plans(plans_of(*share));
    share->pipeline.adopt(share->group.model, share->group.alarms(), events);
    write_events(*share, events);
  }
  // None of it is part of that snapshot, which another reload, before any record, must not go by.
  partition.dirty = true;
}

// All before live_from is read, and the next record is not: verdicts are given out from here on.
void Worker::catch_up_end(Partition& partition) {
  Partition* const alone = &partition;
  give_out({&alone, 1});
  partition.next_offset = partition.live_from;
  if (partition.reload_due) adopt_reload(partition);
}

}  // namespace faultprint::daemon
