// What a worker has in common with the others: the control topic's plans, and where elements are.
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/worker.h"

namespace faultprint::daemon {
namespace {

constexpr int kHomeLines = 10;  // a minute
constexpr auto kHomeLinesEvery = std::chrono::minutes(1);

}  // namespace

AlarmPlans Worker::plans_of(const Partition& partition) const {
  return control_plans_->with(partition.plans, config_.group.stream.period);
}

// No reload: what is new counts from an event time on that nothing has reached, so that neither a
// snapshot nor the end of what a partition catches up with has to come first.
void Worker::adopt_control() {
  const std::uint64_t version = control_.version();
  if (version == control_version_) return;
  control_version_ = version;
  control_plans_ = control_.plans();
  for (auto& [where, partition] : partitions_) partition->pipeline.set_plans(plans_of(*partition));
}

// What the partition's batch says of elements that are new, or forgotten.
void Worker::follow_homes(const Partition& partition) {
  const ingest::WindowStore& store = partition.pipeline.store();
  for (const std::uint32_t id : store.batch().arrived) {
    const std::string& element = store.element_name(id);
    if (const auto other = homes_.arrives(element, partition.where))
      tell_of_homes(element, partition.where, *other);
  }
  for (const std::uint32_t id : store.batch().departed)
    homes_.departs(store.element_name(id), partition.where);
}

void Worker::leave_homes(const Partition& partition) {
  follow_homes(partition);
  const ingest::WindowStore& store = partition.pipeline.store();
  for (const std::uint32_t id : store.all())
    homes_.departs(store.element_name(id), partition.where);
}

void Worker::tell_of_homes(const std::string& element, const ingest::TopicPartition& where,
                           const ingest::TopicPartition& other) {
  const auto now = Clock::now();
  if (now >= next_home_lines_) {
    next_home_lines_ = now + kHomeLinesEvery;
    home_lines_ = 0;
  }
  if (++home_lines_ > kHomeLines) return;
  log::warning("element in several partitions", {{"element", element},
                                                 {"partition", where.text()},
                                                 {"other", other.text()},
                                                 {"elements", homes_.several()}});
}

}  // namespace faultprint::daemon
