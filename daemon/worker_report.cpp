// What a worker tells of itself, each second: its partitions, and what ails Kafka.
#include <algorithm>

#include "daemon/clock.h"
#include "daemon/worker.h"

namespace faultprint::daemon {
namespace {

constexpr auto kReportEvery = std::chrono::seconds(1);

}  // namespace

// What librdkafka knows of the end may be of an assignment long ago, until a record comes.
std::int64_t Worker::lag(const Partition& partition) const {
  if (partition.end < 0) return -1;
  return std::max(consumer_->lag(partition.where, partition.next_offset),
                  partition.end - partition.next_offset);
}

void Worker::report(Partition& partition, std::vector<PartitionView>& views) {
  const ingest::TopicPartition& where = partition.where;
  const std::int64_t behind = lag(partition);
  if (behind >= 0) metrics_.lag(where, behind);
  for (const auto& share : partition.shares) {
    show_due(*share);  // by other rules, maybe
    const ingest::WindowStore& store = share->pipeline.store();
    const std::string& group = share->group.name();
    PartitionView view{.where = where,
                       .elements = store.elements(),
                       .silent = store.silent_elements(),
                       .lag = behind,
                       .heard_us = partition.heard_us,
                       .group = group};
    metrics_.elements(where, view.elements, group);
    metrics_.silent_elements(where, view.silent, group);
    if (view.elements > 0) {
      view.watermark_us = store.watermark_us();
      metrics_.watermark(where, static_cast<double>(view.watermark_us) * 1e-6, group);
    }
    views.push_back(view);
  }
}

void Worker::report() {
  next_report_ = Clock::now() + kReportEvery;
  std::vector<PartitionView> views;
  for (auto& [where, partition] : partitions_) report(*partition, views);
  metrics_.in_several_partitions(homes_.several());
  show_partitions(std::move(views));
  const std::string error = consumer_->last_error();
  for (const auto& [where, partition] : partitions_)
    if (const std::string why = consumer_->topic_error(where.topic); !why.empty())
      return set_trouble("kafka: " + why);
  const bool at_work = consumer_->connected() && (!partitions_.empty() || error.empty());
  set_trouble(at_work ? "" : "kafka: " + (error.empty() ? "no broker has answered yet" : error));
}

}  // namespace faultprint::daemon
