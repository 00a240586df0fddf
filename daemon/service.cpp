#include "daemon/service.h"

#include <chrono>

#include "daemon/build_info.h"
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/systemd.h"
#include "model/kernels/kernels.h"

namespace faultprint::daemon {
namespace {

constexpr auto kStuck = std::chrono::seconds(20);  // a worker's round takes a fraction of a second

// The first line in which two configurations differ, apart from what a reload may change.
std::string fixed_difference(const config::Config& now, config::Config next) {
  next.group.alarms = now.group.alarms;
  next.group.model = now.group.model;
  next.log = now.log;
  next.inventory = now.inventory;
  next.file = now.file;
  // Secrets among them are not in the text.
  if (next.kafka.properties != now.kafka.properties) return "kafka.properties";
  const std::string old_text = config::effective(now);
  const std::string new_text = config::effective(next);
  std::size_t at = 0;
  while (at < new_text.size() && at < old_text.size() && new_text[at] == old_text[at]) ++at;
  if (at == new_text.size() && at == old_text.size()) return "";
  const std::size_t begin = new_text.rfind('\n', at == 0 ? 0 : at - 1) + 1;
  return new_text.substr(begin, new_text.find('\n', begin) - begin);
}

std::vector<std::string> fault_types(const LoadedModel& model) {
  std::vector<std::string> names;
  const auto clusters = static_cast<int>(model.model.clusters.clusters().size());
  for (int i = 0; i < clusters; ++i)
    if (i != model.normal) names.push_back(model.label(i));
  return names;
}

// At most, as bench_memory holds it to: a ring of deviations, a baseline for each KPI, the rest.
double element_bytes(const config::InputSpec& input) {
  const auto cells = static_cast<double>(input.window) * static_cast<double>(input.columns());
  return 1.25 * cells * sizeof(float) + 16 * static_cast<double>(input.kpis.size()) + 256;
}

}  // namespace

Service::Service(config::Config config, std::string model)
    : config_(std::move(config)), model_override_(std::move(model)) {}

Service::~Service() { stop(); }

std::string Service::model_file() const {
  return model_override_.empty() ? config_.group.model.file : model_override_;
}

void Service::start() {
  snapshots_ = std::make_unique<SnapshotStore>(config_.state.directory);
  outputs_ = std::make_unique<Outputs>(config_.output, config_.kafka);
  plans_ = read_plans(config_);
  HttpHandlers handlers;
  handlers.metrics = [this] { return metrics_.render(); };
  handlers.status = [this] { return status(); };
  handlers.api = [this](const ApiRequest& request) { return api(request); };
  if (config_.http.reload) handlers.reload = [this] { return reload(); };
  http_ = std::make_unique<HttpServer>(config_.http, std::move(handlers));
  log::info("serving", {{"address", config_.http.host + ":" + std::to_string(http_->port())}});
  if (const std::string why = load_model_now(); why.empty()) {
    const std::lock_guard lock(mutex_);
    start_workers();
  } else {
    log::error("no usable model", {{"reason", why}});
    metrics_.model("", "", false);
  }
  metrics_.loaded(unix_now());
  tend();
}

std::string Service::load_model_now() {
  std::string trouble;
  ModelPointer model;
  if (model_file().empty()) {
    trouble = "model.file is not set";
  } else {
    try {
      model = load_model(model_file(), config_);
    } catch (const std::exception& e) {
      trouble = e.what();
    }
  }
  const std::lock_guard lock(mutex_);
  model_trouble_ = model_ ? "" : trouble;
  if (!model) return trouble;
  model_ = std::move(model);
  metrics_.fault_types(fault_types(*model_));
  metrics_.model(model_->model.fingerprint, name(model_->model.encoder.spec().kind), true);
  log::info(
      "model loaded",
      {{"file", model_file()}, {"fingerprint", model_->model.fingerprint}, {"kernels", fp_isa()}});
  return "";
}

void Service::start_workers() {
  metrics_.stream(std::chrono::duration<double>(model_->input.period).count(),
                  element_bytes(model_->input));
  for (int i = 0; i < config_.kafka.workers; ++i) {
    auto worker = std::make_shared<Worker>(i, config_, model_, plans_, *snapshots_, *outputs_,
                                           metrics_, board_);
    worker->start();
    workers_.push_back(std::move(worker));
  }
}

void Service::stop() {
  std::vector<std::shared_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    workers.swap(workers_);
  }
  for (auto& worker : workers) worker->stop();
  http_.reset();
}

std::string Service::reload() {
  const std::lock_guard one_at_a_time(reload_mutex_);
  std::string why;
  try {
    config::Config next = config::load(config_.file);
    config::require_kafka(next);
    ingest::check_properties(next, true);
    if (const std::string line = fixed_difference(config_, next); !line.empty())
      why = config_.file +
            ": cannot change while running (alarms, inventory, model and log can): " + line;
    if (why.empty()) {
      AlarmPlans plans = read_plans(next);
      const config::GroupConfig old = config_.group;
      config_.group = next.group;
      why = load_model_now();
      if (why.empty()) {
        plans_ = std::move(plans);
        config_.inventory = next.inventory;
        adopt_group();
        config_.log = next.log;
      } else {
        config_.group = old;
      }
    }
  } catch (const std::exception& e) {
    why = e.what();
  }
  metrics_.reload(why.empty(), unix_now());
  if (!why.empty()) {
    log::error("reload failed, the old configuration stays", {{"reason", why}});
    return why;
  }
  log::configure(config_.log);
  log::info("reloaded", {{"model", model_->model.fingerprint}});
  return "";
}

// Starts the workers where there was no model until now.
void Service::adopt_group() {
  const std::lock_guard lock(mutex_);
  if (workers_.empty()) start_workers();
  for (auto& worker : workers_) worker->reload(model_, config_.group.alarms, plans_);
}

std::string Service::why_not_ready() const {
  const std::lock_guard lock(mutex_);
  if (!model_) return "model: " + model_trouble_;
  if (workers_.empty()) return "stopping";
  for (const auto& worker : workers_) {
    if (const std::string trouble = worker->trouble(); !trouble.empty()) return trouble;
    if (!worker->joined())
      return "kafka: waiting for partitions of group " + config_.kafka.group_id;
  }
  return "";
}

void Service::tend() {
  const std::string why = why_not_ready();
  metrics_.ready(why.empty());
  systemd::status(why.empty() ? "watching" : "not ready: " + why);
  bool alive = true;
  const std::lock_guard lock(mutex_);
  for (const auto& worker : workers_)
    if (Clock::now() - worker->last_round() > kStuck && !worker->finished()) alive = false;
  if (alive) systemd::watchdog();
}

bool Service::failed() const {
  const std::lock_guard lock(mutex_);
  for (const auto& worker : workers_)
    if (worker->finished()) return true;
  return false;
}

Status Service::status() const {
  Status status;
  status.not_ready_because = why_not_ready();
  status.ready = status.not_ready_because.empty();
  const std::lock_guard lock(mutex_);
  status.rows = {{"version", FAULTPRINT_VERSION},
                 {"kernels", fp_isa()},
                 {"configuration", config_.file},
                 {"group", config_.kafka.group_id},
                 {"workers", std::to_string(workers_.size())},
                 {"model", model_ ? model_->model.fingerprint : "none"}};
  if (model_) {
    std::string labels;
    for (const auto& cluster : model_->model.clusters.clusters())
      labels += (labels.empty() ? "" : ", ") + cluster.label;
    status.rows.emplace_back("knows", labels);
    const AlarmRules rules = alarm_rules(config_.group.alarms, *model_);
    char text[64];
    std::snprintf(text, sizeof text, "%d/%d, margin %.2f", rules.alarms.raise_count,
                  rules.alarms.raise_of, static_cast<double>(rules.margin));
    status.rows.emplace_back("raise", text);
  }
  return status;
}

}  // namespace faultprint::daemon
