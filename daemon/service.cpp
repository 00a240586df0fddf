#include "daemon/service.h"

#include <chrono>
#include <cmath>
#include <ctime>
#include <utility>

#include "config/key_lines.h"
#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/memory_prediction.h"
#include "daemon/snapshot_place.h"
#include "daemon/systemd.h"

namespace faultprint::daemon {
namespace {

constexpr auto kTryAgain = std::chrono::seconds(5);
// For a broker's answer: once it is known to be away, it keeps nobody waiting.
constexpr auto kBrokerTime = std::chrono::milliseconds(500);
constexpr auto kBrokerAway = std::chrono::milliseconds(100);
constexpr auto kStuck = std::chrono::seconds(20);  // a worker's round takes a fraction of a second

}  // namespace

Service::Service(config::Config config, RunOverrides overrides)
    : overrides_(std::move(overrides)), config_(with_overrides(std::move(config))) {}

Service::~Service() { stop(); }

HttpHandlers Service::handlers() {
  HttpHandlers handlers;
  handlers.metrics = [this] { return metrics_.render(); };
  handlers.status = [this] { return status(); };
  handlers.api = [this](const ApiRequest& request) { return api(request); };
  handlers.connections = [this](std::size_t now) { metrics_.http_connections(now); };
  handlers.dropped = [this](HttpDrop reason) { metrics_.http_dropped(reason); };
  if (config_.http.reload)
    handlers.reload = [this](const std::string& who) { return reload(remote_user(who)); };
  return handlers;
}

void Service::start() {
  plans_ = read_plans_of_groups(config_);
  set_folding();
  access_ = std::make_shared<WebAccess>(config_.http.web_config_file);
  try {
    http_ = std::make_unique<HttpServer>(config_.http, handlers(), access_);
  } catch (const std::runtime_error& e) {
    if (!std::string_view(e.what()).starts_with("http.listen: ")) throw;
    throw std::runtime_error(config::error_at(config_, e.what()).what());  // no bad configuration
  }
  const auto rules = access_->rules();
  log::info("serving", {{"address", config_.http.host + ":" + std::to_string(http_->port())},
                        {"tls", rules->tls != nullptr},
                        {"users", rules->config.users.size()}});
  {
    const std::lock_guard lock(mutex_);
    open_files();
  }
  load_first_model();
  metrics_.loaded(unix_now());
  tend();
}

// With mutex_ held. Where a disk is full or read-only, it may not be for ever.
void Service::open_files() {
  std::string trouble;
  try {
    if (!snapshots_) snapshots_ = std::make_unique<SnapshotStore>(snapshot_place(config_));
    if (!outputs_) {
      outputs_ = std::make_unique<Outputs>(config_.output, config_.kafka);
      restore_silent_topics();
    }
  } catch (const std::exception& e) {
    trouble = e.what();
    metrics_.outputs_failed(1);
  }
  if (trouble != files_trouble_ && !trouble.empty())
    log::error("state or outputs cannot be written: nothing is read until they can",
               {{"reason", trouble}});
  files_trouble_ = std::move(trouble);
}

// With mutex_ held. Whether there is nothing more to read before records are judged.
bool Service::control_read() {
  if (config_.kafka.control_topic.empty()) return true;
  if (!control_reading_)
    control_reading_ = std::make_unique<ControlReading>(config_.kafka, control_, metrics_);
  if (!control_reading_->whole()) next_try_ = Clock::now();
  return control_reading_->whole();
}

// With mutex_ held. All of them, or none: those that run when another cannot start leave again.
void Service::start_workers() {
  next_try_ = Clock::now() + kTryAgain;
  open_files();
  if (!files_trouble_.empty()) return;
  std::vector<std::string> names;
  for (const config::GroupConfig& group : config_.groups) names.push_back(group.name);
  metrics_.groups(names);
  for (std::size_t i = 0; i < models_.size(); ++i)
    metrics_.stream(seconds(models_[i]->input.period), seconds(config_.groups[i].stream.lateness),
                    element_bytes(models_[i]->input).total(), names[i]);
  metrics_.workers_predicted(worker_bytes(config_));
  std::vector<std::shared_ptr<Worker>> started;
  std::string trouble;
  try {
    if (!control_read()) return;
    for (int i = 0; i < config_.kafka.workers; ++i) {
      started.push_back(std::make_shared<Worker>(i, config_, rules(), *snapshots_, *outputs_,
                                                 metrics_, board_, control_, homes_));
      started.back()->start();
    }
    workers_.swap(started);
  } catch (const std::exception& e) {
    trouble = e.what();
    for (auto& worker : started) worker->stop();
  }
  if (trouble != workers_trouble_ && !trouble.empty())
    log::error("workers cannot be started: nothing is read until they can", {{"reason", trouble}});
  workers_trouble_ = std::move(trouble);
}

void Service::stop() {
  std::vector<std::shared_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    workers.swap(workers_);
  }
  for (auto& worker : workers) worker->stop();
  control_reading_.reset();
  http_.reset();
}

// Workers tell what ails Kafka; without a model there are none.
void Service::look_for_broker() {
  bool known = false;  // to be away
  config::KafkaConfig kafka;
  {
    const std::lock_guard lock(mutex_);
    known = !broker_trouble_.empty();
    if (!models_.empty()) broker_trouble_.clear();
    if (std::exchange(other_broker_, false)) reach_.reset();
    if (!models_.empty() || stopping_) return reach_.reset();
    kafka = config_.kafka;
  }
  std::string trouble;
  try {
    if (!reach_) reach_ = std::make_unique<ingest::KafkaReach>(kafka);
    trouble = reach_->trouble(known ? kBrokerAway : kBrokerTime);
  } catch (const std::exception& e) {
    trouble = e.what();
  }
  if (!trouble.empty() && !known) log::error("kafka", {{"reason", trouble}});
  if (trouble.empty() && known) log::info("kafka: a broker answers");
  const std::lock_guard lock(mutex_);
  broker_trouble_ = std::move(trouble);
}

void Service::watch_clock() {
  timespec since_boot{};
  clock_gettime(CLOCK_BOOTTIME, &since_boot);  // goes on while the machine sleeps
  const double steady =
      static_cast<double>(since_boot.tv_sec) + static_cast<double>(since_boot.tv_nsec) * 1e-9;
  const double jump = clock_.jumped(unix_now(), steady);
  if (jump == 0) return;
  metrics_.clock_stepped();
  log::warning(
      "the wall clock was set: records are judged as too far ahead, and alarms as old, by "
      "the new time",
      {{"seconds", std::round(jump * 1000) / 1000}});
}

void Service::follow_web_config() {
  std::string why;
  switch (access_->follow(why)) {
    case WebAccess::Followed::unchanged:
      return;
    case WebAccess::Followed::taken:
      metrics_.web_config(true);
      return log::info("web configuration read again");
    case WebAccess::Followed::refused:
      metrics_.web_config(false);
      return log::error("web configuration not usable, the old one stays", {{"reason", why}});
  }
}

void Service::tend() {
  watch_clock();
  follow_web_config();
  look_for_broker();
  std::string why;
  {
    const std::lock_guard lock(mutex_);
    if (!models_.empty() && workers_.empty() && !stopping_ && Clock::now() >= next_try_)
      start_workers();
    if (outputs_) metrics_.outputs_failed(outputs_->failures());
    why = why_not_ready();
  }
  metrics_.ready(why.empty());
  systemd::status(why.empty() ? "watching" : "not ready: " + why);
  if (why.empty()) look_for_silence();  // else nobody can tell what the topics hold
  bool alive = true;
  const std::lock_guard lock(mutex_);
  for (const auto& worker : workers_)
    if (Clock::now() - worker->last_round() > kStuck && !worker->finished()) alive = false;
  if (alive) systemd::watchdog();
}

void Service::restore_silent_topics() {
  for (const auto& [id, alarm] : outputs_->silent_topics()) {
    topic_silence_.restore(alarm);
    metrics_.alarm_restored(id, alarm.element, alarm.fault_type, alarm.severity);
    metrics_.alarm_told(alarm);
    board_.put(alarm);
  }
}

void Service::look_for_silence() {
  std::vector<PartitionView> partitions;
  std::vector<AlarmEvent> events;
  std::vector<std::string> gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& worker : workers_)
      for (PartitionView& view : worker->partitions()) partitions.push_back(std::move(view));
    const auto rules_of = [this](const std::string& topic) -> const config::AlarmConfig& {
      return rules_of_topic(topic);
    };
    events = topic_silence_.look(partitions, steady_us(Clock::now()), rules_of, gone);
  }
  for (AlarmEvent& event : events) event.detected_us = unix_now_us();
  if (events.empty() && gone.empty()) return;
  // Only now: a worker may hold it while it waits for a disk.
  const auto turn = board_.turn();
  for (const std::string& id : gone) {
    metrics_.alarm_handed_over(id);
    board_.remove(id);
  }
  if (events.empty()) return;
  outputs_->alarms(events);
  for (const AlarmEvent& event : events) {
    if (event.kind == AlarmEvent::Kind::raised)
      metrics_.alarm_raised(event.id, event.element, event.fault_type, event.severity);
    else
      metrics_.alarm_cleared(event.id);
    if (const auto alarm = board_.apply(event)) metrics_.alarm_told(*alarm);
  }
}

bool Service::failed() const {
  const std::lock_guard lock(mutex_);
  for (const auto& worker : workers_)
    if (worker->finished()) return true;
  return false;
}

}  // namespace faultprint::daemon
