// What a worker has in common with the others: the control topic's plans, and where elements are.
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/worker.h"

namespace faultprint::daemon {
namespace {

constexpr int kHomeLines = 10;  // a minute
constexpr auto kHomeLinesEvery = std::chrono::minutes(1);

// Elements of two groups are two, be their names the same.
std::string home_name(const std::string& group, std::string_view element) {
  return group.empty() ? std::string(element) : group + "/" + std::string(element);
}

}  // namespace

// A group's shares have the same ones, but in the middle of a reload.
AlarmPlans Worker::plans_of(const GroupShare& share) const {
  WorkerGroup& group = share.group;
  if (group.control != control_plans_ || group.of_files != share.plans) {
    group.with_control = control_plans_->with(share.plans, group.stream().period);
    group.of_files = share.plans;
    group.control = control_plans_;
  }
  return group.with_control;
}

// No reload: what is new counts from an event time on that nothing has reached, so that neither a
// snapshot nor the end of what a partition catches up with has to come first.
void Worker::adopt_control() {
  const std::uint64_t version = control_.version();
  if (version == control_version_) return;
  control_version_ = version;
  control_plans_ = control_.plans();
  for (auto& [where, partition] : partitions_)
    for (const auto& share : partition->shares) share->pipeline.set_plans(plans_of(*share));
}

// What a batch says of elements that are new, or forgotten.
void Worker::follow_homes(const GroupShare& share, const ingest::TopicPartition& where) {
  const ingest::WindowStore& store = share.pipeline.store();
  for (const std::uint32_t id : store.batch().arrived) {
    const std::string element = home_name(share.group.name(), store.element_name(id));
    if (const auto other = homes_.arrives(element, where)) tell_of_homes(element, where, *other);
  }
  for (const std::uint32_t id : store.batch().departed)
    homes_.departs(home_name(share.group.name(), store.element_name(id)), where);
}

void Worker::leave_homes(const Partition& partition) {
  for (const auto& share : partition.shares) {
    follow_homes(*share, partition.where);
    const ingest::WindowStore& store = share->pipeline.store();
    for (const std::uint32_t id : store.all())
      homes_.departs(home_name(share->group.name(), store.element_name(id)), partition.where);
  }
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
