// The service's configuration and model: read, checked in full, and only then swapped in.
#include <algorithm>

#include "config/changed_keys.h"
#include "config/key_lines.h"
#include "daemon/build_info.h"
#include "daemon/clock.h"
#include "daemon/digest.h"
#include "daemon/log.h"
#include "daemon/service.h"
#include "model/kernels/kernels.h"

namespace faultprint::daemon {
namespace {

// How to go on: nobody looks whether the file has come.
constexpr const char* kReloadThen =
    " (once that is mended, have it read again: systemctl reload faultprint, or SIGHUP)";
constexpr const char* kReloadable = "alarms, inventory, log, model and http.web_config_file";

std::string listed(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
  return text;
}

// What to say of them after the name of the first.
std::string cannot_change(const std::vector<std::string>& keys) {
  const std::vector<std::string> others(keys.begin() + 1, keys.end());
  return "cannot change while running" + (others.empty() ? "" : ", nor can " + listed(others)) +
         ": restart the daemon (a reload takes " + kReloadable + ")";
}

std::vector<std::string> fault_types(const LoadedModel& model) {
  std::vector<std::string> names;
  const auto clusters = static_cast<int>(model.model.clusters.clusters().size());
  for (int i = 0; i < clusters; ++i)
    if (i != model.normal) names.push_back(model.label(i));
  return names;
}

const std::string& model_file(const config::GroupConfig& group, const RunOverrides& overrides) {
  return overrides.model.empty() ? group.model.file : overrides.model;
}

// A key of the list `groups` as it would be without one: "groups[cells].model.file".
std::string without_group(const std::string& key) {
  return key.starts_with("groups[") ? key.substr(std::min(key.find("]."), key.size() - 2) + 2)
                                    : key;
}

SelfTestOutcome tell_self_test(const LoadedModel& model, const std::string& file) {
  if (!model.self_test_deviation) {
    log::info("model has no self-test: an older version made it", {{"file", file}});
    return SelfTestOutcome::missing;
  }
  log::info("self-test passed",
            {{"file", file}, {"deviation", *model.self_test_deviation}, {"kernels", fp_isa()}});
  return SelfTestOutcome::passed;
}

}  // namespace

config::Config Service::with_overrides(config::Config config) const {
  if (!overrides_.web_config_file.empty()) config.http.web_config_file = overrides_.web_config_file;
  return config;
}

std::vector<ModelPointer> Service::usable_models(const config::Config& config) {
  if (!overrides_.model.empty() && config.groups.size() > 1)
    throw std::runtime_error("--model is of one group, and the configuration has several");
  std::vector<ModelPointer> models;
  SelfTestOutcome worst = SelfTestOutcome::passed;
  try {
    for (const config::GroupConfig& group : config.groups) {
      const std::string file = model_file(group, overrides_);
      if (file.empty())
        throw std::runtime_error((config.has_groups() ? "groups[" + group.name + "]." : "") +
                                 "model.file is not set");
      models.push_back(load_model(file, config.of_group(group)));
      const SelfTestOutcome outcome = tell_self_test(*models.back(), file);
      if (outcome == SelfTestOutcome::missing) worst = outcome;
    }
  } catch (const SelfTestFailed&) {
    metrics_.self_test(SelfTestOutcome::failed);
    throw;
  }
  metrics_.self_test(worst);
  return models;
}

std::vector<GroupRules> Service::rules() const {
  std::vector<GroupRules> rules;
  for (std::size_t i = 0; i < models_.size(); ++i)
    rules.push_back({models_[i], config_.groups[i].alarms, plans_[i]});
  return rules;
}

std::string Service::fingerprints() const {
  std::string text;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    if (config_.has_groups()) text += (i == 0 ? "" : " ") + config_.groups[i].name + "=";
    text += models_[i]->model.fingerprint;
  }
  return text;
}

void Service::set_folding() {
  for (const config::GroupConfig& group : config_.groups)
    board_.folds(group.name).set_rule(group.alarms.folding);
}

// Of the first group that reads it.
const config::AlarmConfig& Service::rules_of_topic(const std::string& topic) const {
  const auto group =
      std::find_if(config_.groups.begin(), config_.groups.end(),
                   [&](const config::GroupConfig& any) { return any.reads_topic(topic); });
  return group == config_.groups.end() ? config_.groups.front().alarms : group->alarms;
}

// With mutex_ held.
void Service::tell_model() {
  std::vector<Metrics::Model> told;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const config::GroupConfig& group = config_.groups[i];
    const LoadedModel& model = *models_[i];
    metrics_.fault_types(fault_types(model), group.name);
    told.push_back({group.name, model.model.fingerprint, name(model.model.encoder.spec().kind)});
    log::info("model loaded" + (config_.has_groups() ? " for group " + group.name : ""),
              {{"file", model_file(group, overrides_)},
               {"fingerprint", model.model.fingerprint},
               {"kernels", fp_isa()}});
    for (const std::string& warning : alarm_warnings(group.alarms, model))
      log::warning(warning, {{"file", model_file(group, overrides_)}});
  }
  for (std::size_t i = 0; i < models_.size(); ++i)
    for (const std::string& choice : config::chosen_otherwise(
             config_.of_group(config_.groups[i]).input_spec(), models_[i]->input))
      log::info("the model's own input is used", {{"choice", choice}});
  metrics_.models(told, true);
}

void Service::load_first_model() {
  const std::lock_guard one_at_a_time(reload_mutex_);
  std::vector<ModelPointer> models;
  std::string trouble;
  try {
    models = usable_models(config_);
  } catch (const std::exception& e) {
    trouble = std::string(e.what()) + kReloadThen;
    log::error("no usable model", {{"reason", trouble}});
    metrics_.model("", "", false);
  }
  const std::lock_guard lock(mutex_);
  model_trouble_ = trouble;
  models_ = std::move(models);
  if (models_.empty()) return;
  tell_model();
  start_workers();
}

// With reload_mutex_ held.
bool Service::can_change(const std::string& full_key) const {
  const std::string key = without_group(full_key);
  for (const char* section : {"alarms.", "inventory.", "log.", "model."})
    if (key.starts_with(section)) return true;
  // What `train` starts from does not concern a running daemon.
  if (key == "http.web_config_file" || key.starts_with("train.")) return true;
  if (!models_.empty()) return false;
  // Nobody reads from Kafka yet; but topics that are written to have their producer.
  const config::OutputConfig& output = config_.output;
  const bool writes = !output.verdicts_topic.empty() || !output.alarms_topic.empty() ||
                      !config_.state.topic.empty();
  return key.starts_with("stream.") || full_key.starts_with("groups") ||
         (key.starts_with("kafka.") && !writes);
}

Service::Next Service::read_again() {
  Next next;
  next.config = with_overrides(config::load(config_.file));
  config::require_kafka(next.config);
  ingest::check_properties(next.config, true);
  next.changed = config::changed_keys(config_, next.config);
  std::vector<std::string> fixed;
  std::copy_if(next.changed.begin(), next.changed.end(), std::back_inserter(fixed),
               [this](const std::string& key) { return !can_change(key); });
  if (!fixed.empty()) throw config::error_at(next.config, fixed.front(), cannot_change(fixed));
  next.plans = read_plans_of_groups(next.config);
  next.web = read_web_rules(next.config.http.web_config_file);
  try {
    next.models = usable_models(next.config);
  } catch (const std::exception& e) {
    if (!models_.empty()) throw;
    next.model_trouble = e.what();
  }
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const std::string other = config::other_choice(models_[i]->input, next.models[i]->input);
    if (!other.empty())
      throw std::runtime_error(model_file(next.config.groups[i], overrides_) +
                               ": the model's input is another than that of the model that runs (" +
                               other + "), which a reload cannot change: restart the daemon");
  }
  return next;
}

// Starts the workers where there was no model until now, and is one.
void Service::adopt(Next next) {
  const std::lock_guard lock(mutex_);
  // stop() has taken the workers away by then: new ones would outlive it.
  if (stopping_) throw std::runtime_error("the daemon is stopping");
  access_->adopt(std::move(next.web));
  metrics_.web_config(true);
  log::configure(next.config.log);
  config_ = std::move(next.config);
  models_ = std::move(next.models);
  plans_ = std::move(next.plans);
  model_trouble_ = next.model_trouble.empty() ? "" : next.model_trouble + kReloadThen;
  set_folding();
  other_broker_ = true;
  if (models_.empty()) return;
  tell_model();
  if (workers_.empty()) return start_workers();
  for (auto& worker : workers_) worker->reload(rules());
}

std::string Service::reload(const Actor& actor) {
  const std::lock_guard one_at_a_time(reload_mutex_);
  Reloading what{.models = fingerprints(), .config = fingerprint_of(effective(config_))};
  std::string& why = what.why;
  try {
    Next next = read_again();
    what.changed = listed(next.changed);
    const std::string no_model = next.model_trouble;
    adopt(std::move(next));
    if (what.changed.empty()) why = no_model;  // which is all that it was for
    tell_reload(what.models, what.changed, no_model);
  } catch (const std::exception& e) {
    why = e.what();
    log::error("reload failed, the old configuration stays", {{"reason", why}});
  }
  metrics_.reload(why.empty(), unix_now());
  audit_reload(actor, what);
  return why;
}

void Service::tell_reload(const std::string& before, const std::string& changed,
                          const std::string& no_model) const {
  const std::string what = !changed.empty()           ? changed
                           : fingerprints() == before ? "nothing"
                                                      : "the model";
  if (no_model.empty())
    log::info("reloaded", {{"model", fingerprints()}, {"model_before", before}, {"changed", what}});
  else
    log::error("reloaded, and there is still no usable model",
               {{"reason", no_model + kReloadThen}, {"changed", what}});
}

void Service::audit_reload(const Actor& actor, const Reloading& what) const {
  const std::string folder = config_.state.directory;
  try {
    audit(actor,
          {.action = "reload",
           .object = config_.file,
           .before = what.models,
           .after = fingerprints(),
           .failure = what.why,
           .details = {{"config_before", what.config},
                       {"config_after", fingerprint_of(effective(config_))},
                       {"changed", what.changed}}},
          folder.empty() ? "" : folder + "/audit.jsonl");
  } catch (const std::runtime_error& e) {
    log::warning("audit line not kept", {{"reason", e.what()}});
  }
}

}  // namespace faultprint::daemon
