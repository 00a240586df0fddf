#include "daemon/metrics_partitions.h"

#include <string>

#include "daemon/metrics_alarms.h"

namespace faultprint::daemon {

void PartitionGauge::set(const ingest::TopicPartition& where, double value) {
  const std::lock_guard lock(mutex_);
  prometheus::Gauge*& gauge = gauges_[where];
  if (gauge == nullptr) {
    gauge = &family_.Add(
        {{"topic", label_text(where.topic)}, {"partition", std::to_string(where.partition)}});
  }
  gauge->Set(value);
}

void PartitionGauge::drop(const ingest::TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  const auto found = gauges_.find(where);
  if (found == gauges_.end()) return;
  family_.Remove(found->second);
  gauges_.erase(found);
}

double PartitionGauge::sum() const {
  const std::lock_guard lock(mutex_);
  double total = 0;
  for (const auto& [where, gauge] : gauges_) total += gauge->Value();
  return total;
}

}  // namespace faultprint::daemon
