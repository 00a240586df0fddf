#include "daemon/metrics_lifecycle.h"

#include "daemon/metrics_alarms.h"

namespace faultprint::daemon {

LifecycleMetrics::LifecycleMetrics(prometheus::Registry& registry) : registry_(registry) {
  reload_succeeded_.Set(1);  // without a configuration there would be no daemon
  for (const bool succeeded : {false, true})
    reloads_[succeeded] = &reload_family_.Add({{"result", succeeded ? "success" : "failure"}});
}

void LifecycleMetrics::models(const std::vector<Metrics::Model>& models, bool usable) {
  const std::lock_guard lock(model_mutex_);
  for (prometheus::Gauge* model : loaded_) models_.Remove(model);
  loaded_.clear();
  for (const Metrics::Model& model : models) {
    loaded_.push_back(&models_.Add(with_group(
        {{"fingerprint", label_text(model.fingerprint)}, {"encoder", label_text(model.encoder)}},
        model.group)));
    loaded_.back()->Set(1);
  }
  model_usable_.Set(usable ? 1 : 0);
}

void LifecycleMetrics::reload(bool succeeded, double unix_seconds) {
  reloads_[succeeded]->Increment();
  reload_succeeded_.Set(succeeded ? 1 : 0);
  if (succeeded) loaded.Set(unix_seconds);
}

void LifecycleMetrics::snapshot_written(double unix_seconds, std::size_t bytes) {
  snapshots_.Increment();
  snapshot_time_.Set(unix_seconds);
  snapshot_bytes_.Set(static_cast<double>(bytes));
}

std::vector<prometheus::MetricFamily> LifecycleMetrics::collect() const {
  const std::lock_guard lock(model_mutex_);
  return registry_.Collect();
}

}  // namespace faultprint::daemon
