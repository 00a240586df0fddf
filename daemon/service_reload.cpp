// The service's configuration and model: read, checked in full, and only then swapped in.
#include <algorithm>

#include "config/changed_keys.h"
#include "config/key_lines.h"
#include "daemon/build_info.h"
#include "daemon/clock.h"
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

std::string model_file(const config::Config& config, const RunOverrides& overrides) {
  return overrides.model.empty() ? config.group.model.file : overrides.model;
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

ModelPointer Service::usable_model(const config::Config& config) {
  const std::string file = model_file(config, overrides_);
  if (file.empty()) throw std::runtime_error("model.file is not set");
  try {
    ModelPointer model = load_model(file, config);
    metrics_.self_test(tell_self_test(*model, file));
    return model;
  } catch (const SelfTestFailed&) {
    metrics_.self_test(SelfTestOutcome::failed);
    throw;
  }
}

// With mutex_ held.
void Service::tell_model() {
  metrics_.fault_types(fault_types(*model_));
  metrics_.model(model_->model.fingerprint, name(model_->model.encoder.spec().kind), true);
  log::info("model loaded", {{"file", model_file(config_, overrides_)},
                             {"fingerprint", model_->model.fingerprint},
                             {"kernels", fp_isa()}});
}

void Service::load_first_model() {
  const std::lock_guard one_at_a_time(reload_mutex_);
  ModelPointer model;
  std::string trouble;
  try {
    model = usable_model(config_);
  } catch (const std::exception& e) {
    trouble = std::string(e.what()) + kReloadThen;
    log::error("no usable model", {{"reason", trouble}});
    metrics_.model("", "", false);
  }
  const std::lock_guard lock(mutex_);
  model_trouble_ = trouble;
  model_ = std::move(model);
  if (!model_) return;
  tell_model();
  start_workers();
}

// With reload_mutex_ held.
bool Service::can_change(const std::string& key) const {
  for (const char* section : {"alarms.", "inventory.", "log.", "model."})
    if (key.starts_with(section)) return true;
  // What `train` starts from does not concern a running daemon.
  if (key == "http.web_config_file" || key.starts_with("train.")) return true;
  if (model_) return false;
  // Nobody reads from Kafka yet; but topics that are written to have their producer.
  const config::OutputConfig& output = config_.output;
  const bool writes = !output.verdicts_topic.empty() || !output.alarms_topic.empty() ||
                      !config_.state.topic.empty();
  return key.starts_with("stream.") || (key.starts_with("kafka.") && !writes);
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
  next.plans = read_plans(next.config);
  next.web = read_web_rules(next.config.http.web_config_file);
  try {
    next.model = usable_model(next.config);
  } catch (const std::exception& e) {
    if (model_) throw;
    next.model_trouble = e.what();
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
  model_ = std::move(next.model);
  plans_ = std::move(next.plans);
  model_trouble_ = next.model_trouble.empty() ? "" : next.model_trouble + kReloadThen;
  board_.folds().set_rule(config_.group.alarms.folding);
  other_broker_ = true;
  if (!model_) return;
  tell_model();
  if (workers_.empty()) return start_workers();
  for (auto& worker : workers_) worker->reload(model_, config_.group.alarms, plans_);
}

std::string Service::reload(const Actor& actor) {
  const std::lock_guard one_at_a_time(reload_mutex_);
  const std::string before = model_ ? model_->model.fingerprint : "";
  std::string why;
  try {
    Next next = read_again();
    const std::string changed = listed(next.changed);
    const std::string no_model = next.model_trouble;
    adopt(std::move(next));
    if (changed.empty()) why = no_model;  // which is all that it was for
    tell_reload(before, changed, no_model);
  } catch (const std::exception& e) {
    why = e.what();
    log::error("reload failed, the old configuration stays", {{"reason", why}});
  }
  metrics_.reload(why.empty(), unix_now());
  audit_reload(actor, before, why);
  return why;
}

void Service::tell_reload(const std::string& before, const std::string& changed,
                          const std::string& no_model) const {
  const std::string what = changed.empty() ? "nothing" : changed;
  if (no_model.empty())
    log::info("reloaded",
              {{"model", model_->model.fingerprint}, {"model_before", before}, {"changed", what}});
  else
    log::error("reloaded, and there is still no usable model",
               {{"reason", no_model + kReloadThen}, {"changed", what}});
}

void Service::audit_reload(const Actor& actor, const std::string& before,
                           const std::string& why) const {
  const std::string folder = config_.state.directory;
  try {
    audit(actor,
          {.action = "reload",
           .object = config_.file,
           .before = before,
           .after = model_ ? model_->model.fingerprint : "",
           .failure = why},
          folder.empty() ? "" : folder + "/audit.jsonl");
  } catch (const std::runtime_error& e) {
    log::warning("audit line not kept", {{"reason", e.what()}});
  }
}

}  // namespace faultprint::daemon
