// What the service answers under /api/v1.
#include <chrono>
#include <nlohmann/json.hpp>

#include "daemon/build_info.h"
#include "daemon/cluster_description.h"
#include "daemon/service.h"
#include "ingest/timestamp.h"
#include "model/kernels/kernels.h"

namespace faultprint::daemon {
namespace {

using ApiJson = nlohmann::ordered_json;

constexpr auto kPatience = std::chrono::seconds(2);  // a worker's round takes a fraction of one

ApiAnswer answer_of(const ApiJson& json) {
  return {200, json.dump(-1, ' ', false, ApiJson::error_handler_t::replace)};
}

ApiJson partition_json(const PartitionView& view) {
  ApiJson json{{"topic", view.where.topic}, {"partition", view.where.partition},
               {"elements", view.elements}, {"silent", view.silent},
               {"lag_records", nullptr},    {"watermark", nullptr}};
  if (!view.group.empty()) json["element_group"] = view.group;
  if (view.lag >= 0) json["lag_records"] = view.lag;
  if (view.watermark_us >= 0) json["watermark"] = ingest::format_rfc3339(view.watermark_us);
  return json;
}

ApiJson model_json(const LoadedModel& model) {
  ApiJson labels = ApiJson::array();
  for (const auto& cluster : model.model.clusters.clusters()) labels.push_back(cluster.label);
  return {{"fingerprint", model.model.fingerprint},
          {"encoder", model::name(model.model.encoder.spec().kind)},
          {"knows", labels}};
}

ApiJson rules_json(const AlarmRules& rules) {
  return {{"raise",
           std::to_string(rules.alarms.raise_count) + "/" + std::to_string(rules.alarms.raise_of)},
          {"margin", rounded(rules.margin)},
          {"clear", rules.alarms.clear}};
}

ApiJson clusters_json(const LoadedModel& model) {
  return {{"model", model.model.fingerprint},
          {"unknown_false_alarm_rate", model.model.clusters.alpha()},
          {"clusters", describe_clusters(model.model.clusters)}};
}

ApiJson group_json(const config::GroupConfig& group, const LoadedModel* model) {
  return {{"element_group", group.name},
          {"elements", group.elements},
          {"topics", group.topics},
          {"model", model == nullptr ? ApiJson() : model_json(*model)},
          {"alarm_rules",
           model == nullptr ? ApiJson() : rules_json(alarm_rules(group.alarms, *model))}};
}

// The objects as one answer.
std::string element_json(const std::string& name, const std::vector<std::string>& partitions) {
  std::string text =
      "{\"element\":" + ApiJson(name).dump(-1, ' ', false, ApiJson::error_handler_t::replace) +
      ",\"partitions\":[";
  for (const std::string& partition : partitions)
    text += (&partition == partitions.data() ? "" : ",") + partition;
  return text + "]}";
}

}  // namespace

ApiAnswer Service::api(const ApiRequest& request) {
  return answer_api(request,
                    {.status = [this] { return api_status(); },
                     .clusters = [this] { return api_clusters(); },
                     .alarms =
                         [this](const AlarmQuery& query) {
                           return ApiAnswer{200, board_.to_json(query.limit, query.element)};
                         },
                     .element = [this](const std::string& name) { return api_element(name); }});
}

ApiAnswer Service::api_status() const {
  const std::lock_guard lock(mutex_);
  const std::string why = why_not_ready();
  ApiJson json;
  json["ready"] = why.empty();
  json["reason"] = why.empty() ? ApiJson() : ApiJson(why);
  json["version"] = FAULTPRINT_VERSION;
  json["kernels"] = fp_isa();
  json["configuration"] = config_.file;
  json["group"] = config_.kafka.group_id;
  json["topics"] = config_.kafka.topics;
  json["workers"] = workers_.size();
  const bool one = !models_.empty() && !config_.has_groups();
  json["model"] = one ? model_json(*models_.front()) : ApiJson();
  json["alarm_rules"] =
      one ? rules_json(alarm_rules(config_.group().alarms, *models_.front())) : ApiJson();
  if (config_.has_groups()) {
    json["groups"] = ApiJson::array();
    for (std::size_t i = 0; i < config_.groups.size(); ++i)
      json["groups"].push_back(
          group_json(config_.groups[i], models_.empty() ? nullptr : models_[i].get()));
  }
  json["alarms_active"] = board_.size();
  json["elements_in_several_partitions"] = {{"total", homes_.several()}, {"names", homes_.names()}};
  json["partitions"] = ApiJson::array();
  for (const auto& worker : workers_)
    for (const PartitionView& view : worker->partitions())
      json["partitions"].push_back(partition_json(view));
  return answer_of(json);
}

ApiAnswer Service::api_clusters() const {
  std::vector<ModelPointer> models;
  std::vector<config::GroupConfig> groups;
  {
    const std::lock_guard lock(mutex_);
    models = models_;
    groups = config_.groups;
    if (models.empty()) return api_error(503, "model: " + model_trouble_);
  }
  if (groups.front().name.empty()) return answer_of(clusters_json(*models.front()));
  ApiJson json{{"groups", ApiJson::array()}};
  for (std::size_t i = 0; i < models.size(); ++i) {
    ApiJson one{{"element_group", groups[i].name}};
    one.update(clusters_json(*models[i]));
    json["groups"].push_back(std::move(one));
  }
  return answer_of(json);
}

// Asks every worker: each knows its own partitions alone.
ApiAnswer Service::api_element(const std::string& name) const {
  std::vector<std::shared_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    workers = workers_;
  }
  if (workers.empty()) return api_error(503, "no worker runs: see /-/ready");
  std::vector<std::future<std::vector<std::string>>> answers;
  for (const auto& worker : workers) answers.push_back(worker->ask(name));
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::vector<std::string> partitions;
  for (auto& answer : answers) {
    if (answer.wait_until(deadline) != std::future_status::ready)
      return api_error(503, "a worker is busy: ask again");
    try {
      for (std::string& partition : answer.get()) partitions.push_back(std::move(partition));
    } catch (const std::future_error&) {
      return api_error(503, "a worker gives no answer: see /-/ready");
    }
  }
  if (partitions.empty()) return api_error(404, "no such element is known here: " + name);
  return {200, element_json(name, partitions)};
}

}  // namespace faultprint::daemon
