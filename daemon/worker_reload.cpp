// What a worker does when model, alarm rules or plans change.
#include "daemon/worker.h"

namespace faultprint::daemon {

void Worker::reload(ModelPointer model, const config::AlarmConfig& alarms, AlarmPlans plans) {
  const std::lock_guard lock(mutex_);
  reload_ = Reload{std::move(model), alarms, std::move(plans)};
}

// What a partition is catching up with was given out under what was there before: until its end is
// reached the partition stays with that.
void Worker::adopt_reload() {
  std::optional<Reload> reload;
  {
    const std::lock_guard lock(mutex_);
    reload.swap(reload_);
  }
  if (reload) {
    model_ = std::move(reload->model);
    config_.group.alarms = std::move(reload->alarms);
    plans_ = std::move(reload->plans);
  }
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
  std::vector<AlarmEvent> events;
  partition.plans = plans_;
  partition.pipeline.set_plans(plans_of(partition));
  partition.pipeline.adopt(model_, config_.group.alarms, events);
  write_events(partition, events);
  if (!events.empty()) partition.dirty = true;  // they are no part of that snapshot
}

// All before live_from is read, and the next record is not: verdicts are given out from here on.
void Worker::catch_up_end(Partition& partition) {
  Partition* const alone = &partition;
  give_out({&alone, 1});
  partition.next_offset = partition.live_from;
  if (partition.reload_due) adopt_reload(partition);
}

}  // namespace faultprint::daemon
