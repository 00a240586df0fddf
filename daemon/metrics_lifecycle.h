// What metrics tell of what the daemon is given and keeps: model, configuration, snapshots.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/metrics.h"
#include "daemon/metrics_families.h"

namespace faultprint::daemon {

// References into the registry, which must outlive it.
class LifecycleMetrics {
 public:
  explicit LifecycleMetrics(prometheus::Registry& registry);

  void models(const std::vector<Metrics::Model>& models, bool usable);
  void reload(bool succeeded, double unix_seconds);
  void snapshot_written(double unix_seconds, std::size_t bytes);
  // All of the registry; with the old model or the new one, never both or neither.
  std::vector<prometheus::MetricFamily> collect() const;

 private:
  prometheus::Registry& registry_;
  mutable std::mutex model_mutex_;
  std::vector<prometheus::Gauge*> loaded_;
  prometheus::Family<prometheus::Gauge>& models_ = gauges(
      registry_, "faultprint_model_info", "1, with the loaded model's fingerprint and encoder.");
  prometheus::Gauge& model_usable_ = gauge(registry_, "faultprint_model_usable",
                                           "1 when a model is loaded that fits the configuration.");
  prometheus::Family<prometheus::Counter>& reload_family_ =
      counters(registry_, "faultprint_config_reloads_total",
               "Reloads of the configuration asked for, by result.");
  std::array<prometheus::Counter*, 2> reloads_{};  // failed, succeeded
  prometheus::Gauge& reload_succeeded_ =
      gauge(registry_, "faultprint_config_last_reload_successful",
            "1 when the last reload of the configuration succeeded.");
  prometheus::Counter& snapshots_ =
      counter(registry_, "faultprint_snapshots_total", "Snapshots written.");
  prometheus::Gauge& snapshot_time_ =
      gauge(registry_, "faultprint_snapshot_last_timestamp_seconds",
            "Unix time of the last snapshot written; 0 before the first.");
  prometheus::Gauge& snapshot_bytes_ =
      gauge(registry_, "faultprint_snapshot_bytes", "Size of the last snapshot written.");

 public:
  prometheus::Gauge& ready =
      gauge(registry_, "faultprint_ready", "1 when the daemon gives verdicts, as /-/ready says.");
  prometheus::Gauge& loaded =
      gauge(registry_, "faultprint_config_last_reload_success_timestamp_seconds",
            "Unix time of the last successful load of the configuration.");
  prometheus::Counter& snapshot_failures = counter(registry_, "faultprint_snapshot_failures_total",
                                                   "Snapshots that could not be written.");
};

}  // namespace faultprint::daemon
