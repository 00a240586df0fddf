// A gauge with one series for each partition this process reads, and each group of elements in it.
#pragma once

#include <prometheus/family.h>
#include <prometheus/gauge.h>

#include <map>
#include <mutex>
#include <string>

#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

class PartitionGauge {
 public:
  explicit PartitionGauge(prometheus::Family<prometheus::Gauge>& family) : family_(family) {}

  void set(const ingest::TopicPartition& where, double value, const std::string& group = "");
  void drop(const ingest::TopicPartition& where);
  double sum(const std::string& group) const;

 private:
  prometheus::Family<prometheus::Gauge>& family_;
  mutable std::mutex mutex_;
  std::map<ingest::TopicPartition, std::map<std::string, prometheus::Gauge*>> gauges_;
};

}  // namespace faultprint::daemon
