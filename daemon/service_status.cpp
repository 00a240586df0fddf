// What the service says of itself: whether it is ready, and the status page.
#include <cstdio>

#include "daemon/build_info.h"
#include "daemon/service.h"
#include "model/kernels/kernels.h"

namespace faultprint::daemon {
namespace {

// Rows of the status page on one group's model; "": there are no groups.
void add_model_rows(const std::string& group, const LoadedModel& model,
                    const config::AlarmConfig& alarms, Status& status) {
  const std::string prefix = group.empty() ? "" : group + ": ";
  if (!group.empty()) status.rows.emplace_back(prefix + "model", model.model.fingerprint);
  std::string labels;
  for (const auto& cluster : model.model.clusters.clusters())
    labels += (labels.empty() ? "" : ", ") + cluster.label;
  status.rows.emplace_back(prefix + "knows", labels);
  const AlarmRules rules = alarm_rules(alarms, model);
  char text[64];
  std::snprintf(text, sizeof text, "%d/%d, margin %.2f", rules.alarms.raise_count,
                rules.alarms.raise_of, static_cast<double>(rules.margin));
  status.rows.emplace_back(prefix + "raise", text);
}

}  // namespace

// With mutex_ held.
std::string Service::why_not_ready() const {
  if (stopping_) return "stopping";
  if (models_.empty())
    return "model: " + model_trouble_ +
           (broker_trouble_.empty() ? "" : "; kafka: " + broker_trouble_);
  if (!files_trouble_.empty()) return files_trouble_;
  if (!workers_trouble_.empty()) return "workers: " + workers_trouble_;
  if (const std::string trouble = control_reading_ ? control_reading_->trouble() : "";
      !trouble.empty())
    return "control topic " + config_.kafka.control_topic + ": " + trouble;
  if (control_reading_ && workers_.empty())
    return "control topic " + config_.kafka.control_topic + ": is being read";
  for (const auto& worker : workers_) {
    if (const std::string trouble = worker->trouble(); !trouble.empty()) return trouble;
    if (!worker->joined())
      return "kafka: waiting for partitions of group " + config_.kafka.group_id;
  }
  if (const std::string trouble = outputs_ ? outputs_->trouble() : ""; !trouble.empty())
    return "output: " + trouble;
  return "";
}

Status Service::status() const {
  Status status;
  const std::lock_guard lock(mutex_);
  status.not_ready_because = why_not_ready();
  status.ready = status.not_ready_because.empty();
  status.rows = {{"version", FAULTPRINT_VERSION},
                 {"kernels", fp_isa()},
                 {"configuration", config_.file},
                 {"group", config_.kafka.group_id},
                 {"workers", std::to_string(workers_.size())}};
  if (models_.empty()) status.rows.emplace_back("model", "none");
  if (!models_.empty() && !config_.has_groups())
    status.rows.emplace_back("model", models_.front()->model.fingerprint);
  for (std::size_t i = 0; i < models_.size(); ++i)
    add_model_rows(config_.groups[i].name, *models_[i], config_.groups[i].alarms, status);
  return status;
}

}  // namespace faultprint::daemon
