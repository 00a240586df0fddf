#include "daemon/metrics_partitions.h"

#include <string>

#include "daemon/metrics_alarms.h"
#include "daemon/metrics_families.h"

namespace faultprint::daemon {

void PartitionGauge::set(const ingest::TopicPartition& where, double value,
                         const std::string& group) {
  const std::lock_guard lock(mutex_);
  prometheus::Gauge*& gauge = gauges_[where][group];
  if (gauge == nullptr) {
    gauge = &family_.Add(with_group(
        {{"topic", label_text(where.topic)}, {"partition", std::to_string(where.partition)}},
        group));
  }
  gauge->Set(value);
}

void PartitionGauge::drop(const ingest::TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  const auto found = gauges_.find(where);
  if (found == gauges_.end()) return;
  for (const auto& [group, gauge] : found->second) family_.Remove(gauge);
  gauges_.erase(found);
}

double PartitionGauge::sum(const std::string& group) const {
  const std::lock_guard lock(mutex_);
  double total = 0;
  for (const auto& [where, groups] : gauges_)
    if (const auto found = groups.find(group); found != groups.end())
      total += found->second->Value();
  return total;
}

}  // namespace faultprint::daemon
