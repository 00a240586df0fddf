#include "daemon/demo.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>

#include "daemon/clock.h"
#include "daemon/demo_recording.h"
#include "daemon/demo_screen.h"
#include "daemon/incident_score.h"
#include "daemon/log.h"
#include "daemon/replay.h"
#include "daemon/service.h"
#include "daemon/terminal.h"
#include "daemon/training.h"
#include "ingest/kafka_mock.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr const char* kTopic = "kpi";
constexpr int kPartitions = 4;
constexpr double kShareToPass = 0.8;  // of the incidents, named right
// Alarms come when the watermark has passed, of each partition at its own pace: in event time.
constexpr std::int64_t kAlarmsFollow_us = 60'000'000;

volatile std::sig_atomic_t g_demo_ended = 0;

void headline(const std::string& text) {
  std::printf("\n%s\n", paint(text, Colour::bold).c_str());
  std::fflush(stdout);
}

// The daemon's alarm file as it grows.
class AlarmFile {
 public:
  explicit AlarmFile(std::string path) : path_(std::move(path)) {}

  std::vector<AlarmEvent> fresh() {
    std::vector<AlarmEvent> events;
    std::ifstream file(path_);
    file.seekg(at_);
    for (std::string line; std::getline(file, line) && !file.eof();) {
      at_ += static_cast<std::streamoff>(line.size()) + 1;
      const auto json = nlohmann::json::parse(line);
      if (json.at("evidence").is_null()) continue;  // silence, when the recording is at its end
      AlarmEvent event;
      const std::string kind = json.at("event");
      event.kind = kind == "raised"    ? AlarmEvent::Kind::raised
                   : kind == "cleared" ? AlarmEvent::Kind::cleared
                                       : AlarmEvent::Kind::changed;
      event.id = json.at("id");
      event.element = json.at("element");
      event.time_us = ingest::parse_rfc3339(json.at("time").get<std::string>()).value_or(0);
      event.fault_type = json.at("fault_type");
      for (const auto& kpi : json.at("evidence").at("kpis"))
        event.why.kpis.push_back({kpi.at("kpi"), kpi.at("deviation")});
      events.push_back(std::move(event));
    }
    return events;
  }

 private:
  std::string path_;
  std::streamoff at_ = 0;
};

void wait_until_ready(Service& service) {
  const auto deadline = Clock::now() + std::chrono::seconds(30);
  while (!service.status().ready) {
    if (Clock::now() > deadline)
      throw std::runtime_error("the daemon did not become ready: " +
                               service.status().not_ready_because);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// Tries the usual port, then any.
std::unique_ptr<Service> start_service(config::Config config, const std::string& model) {
  for (const int port : {config.http.port, 0}) {
    config.http.port = port;
    auto service =
        std::make_unique<Service>(config, RunOverrides{.model = model, .web_config_file = ""});
    try {
      service->start();
    } catch (const std::exception&) {
      if (port == 0) throw;
      continue;
    }
    wait_until_ready(*service);
    return service;
  }
  return nullptr;
}

std::vector<AlarmEvent> watch(const config::Config& config, const Recording& recording,
                              const ingest::Incidents& incidents, double speed) {
  std::atomic<std::int64_t> now{0};
  std::atomic<bool> done{false};
  std::exception_ptr failure;
  std::jthread producer([&] {
    try {
      ReplayToTopic request{recording.heldout.history, kTopic, speed, {}};
      request.on_record = [&](const std::string&, std::int64_t time_us) { now = time_us; };
      replay_to_topic(config, request);
    } catch (...) {
      failure = std::current_exception();
    }
    done = true;
  });
  DemoScreen screen(incidents, std::cout);
  AlarmFile file(config.output.alarms_file);
  std::vector<AlarmEvent> events;
  auto quiet_since = Clock::now();
  while (!done || Clock::now() - quiet_since < std::chrono::seconds(2)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    const auto fresh = file.fresh();
    for (const AlarmEvent& event : fresh) screen.add(event);
    events.insert(events.end(), fresh.begin(), fresh.end());
    if (!fresh.empty() || !done) quiet_since = Clock::now();
    screen.until(now - kAlarmsFollow_us);
  }
  screen.until(std::numeric_limits<std::int64_t>::max());
  if (failure) std::rethrow_exception(failure);
  return events;
}

// The time that elements were watched is that of their completed slots, those of a gap too, as
// `evaluate` counts it.
IncidentScore score_of(const config::Config& config, const std::string& model,
                       const Recording& recording, const ingest::Incidents& incidents,
                       const std::vector<AlarmEvent>& events) {
  IncidentScorer scorer(incidents, config.group().stream.period);
  const ModelPointer loaded = load_model(model, config);
  ingest::WindowStore store(loaded->input, file_options(config.group().stream), loaded->carry_over);
  read_history(config, loaded->input, recording.heldout.history, store,
               [&] {
                 for (const ingest::CompletedSlot& slot : store.batch().slots)
                   scorer.watched(store.element_name(slot.element), slot.slot);
               },
               {});
  return scorer.score(events);
}

bool summarise(const IncidentScore& score) {
  headline("Summary");
  const bool all = score.named == score.incidents.size();
  std::printf("  %s of %zu incidents named right\n",
              paint(std::to_string(score.named), all ? Colour::green : Colour::red).c_str(),
              score.incidents.size());
  for (const IncidentOutcome& o : score.incidents)
    if (!o.delay_s)
      std::printf("    %s on %s: %s\n", o.incident.fault_type.c_str(), o.incident.element.c_str(),
                  o.first_named.empty() ? "missed" : ("named " + o.first_named).c_str());
  if (score.median_delay_s)
    std::printf("  %.1f s median delay from the start of an incident to its alarm (%zu alarms)\n",
                *score.median_delay_s, score.named);
  std::printf("  %zu false alarm%s in %.1f element-hours\n", score.false_alarms.size(),
              score.false_alarms.size() == 1 ? "" : "s", score.element_days * 24);
  for (const AlarmEvent& e : score.false_alarms)
    std::printf("    %s on %s at %s\n", e.fault_type.c_str(), e.element.c_str(),
                ingest::format_rfc3339(e.time_us).c_str());
  return static_cast<double>(score.named) >=
         kShareToPass * static_cast<double>(score.incidents.size());
}

void keep_serving(int port) {
  std::printf("  serving http://127.0.0.1:%d/metrics and http://127.0.0.1:%d/ until Ctrl-C\n", port,
              port);
  std::fflush(stdout);
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { g_demo_ended = 1; });
  while (g_demo_ended == 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

}  // namespace

int run_demo(const DemoOptions& options) {
  const auto started = Clock::now();
  config::LogConfig quiet;
  quiet.level = "error";
  log::configure(quiet);
  const Workspace workspace;
  const Recording recording = unpack(workspace.folder());
  config::Config config = config::load(recording.config);

  headline("1. Train on the first part of a recording of eleven real routers");
  const std::string model = workspace.path("model.safetensors");
  TrainRequest request;
  request.files = recording.train;
  request.out = model;
  request.options.seed = options.seed;
  train_model(config, request);

  headline("2. Replay the held-back part through Kafka into the daemon, " +
           std::to_string(static_cast<int>(options.speed)) + " times as fast as it happened");
  ingest::KafkaMock kafka;
  kafka.create_topic(kTopic, kPartitions);
  config.kafka.brokers = kafka.brokers();
  config.output.alarms_file = workspace.path("alarms.jsonl");
  const auto incidents = ingest::Incidents::read(recording.heldout.incidents);
  const auto service = start_service(config, model);
  const auto events = watch(config, recording, incidents, options.speed);

  const bool passed = summarise(score_of(config, model, recording, incidents, events));
  std::printf(
      "  %s in all\n",
      format_seconds(std::chrono::duration<double>(Clock::now() - started).count()).c_str());
  if (options.keep)
    keep_serving(service->http_port());
  else
    std::printf(
        "  metrics were at http://127.0.0.1:%d/metrics: `faultprint demo --keep` leaves "
        "them up\n",
        service->http_port());
  service->stop();
  return passed ? 0 : 1;
}

}  // namespace faultprint::daemon
