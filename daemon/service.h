// The daemon: its workers, HTTP port, outputs and model, from start to stop. One owner of all that
// touches the world; the wall clock is read here and in workers, never below.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/audit.h"
#include "daemon/clock_watch.h"
#include "daemon/control_reading.h"
#include "daemon/http_server.h"
#include "daemon/loaded_model.h"
#include "daemon/metrics.h"
#include "daemon/outputs.h"
#include "daemon/snapshot.h"
#include "daemon/topic_silence.h"
#include "daemon/web_access.h"
#include "daemon/worker.h"
#include "ingest/kafka_reach.h"

namespace faultprint::daemon {

// Of the command line; where not empty, they win over the configuration, at a reload too.
struct RunOverrides {
  std::string model;            // model.file
  std::string web_config_file;  // http.web_config_file
};

class Service {
 public:
  Service(config::Config config, RunOverrides overrides);
  ~Service();

  // Serves HTTP at once; consumes as soon as there is a usable model, and state and outputs can be
  // written. Throws what makes a start impossible: the port is taken, the web configuration or a
  // plan cannot be used.
  void start();
  // Drains, commits, leaves the group, stops serving.
  void stop();

  // Reads configuration and model again, and swaps them in when all of it can be used; "" or why
  // the old ones stay. Only alarms, inventory, log, model and http.web_config_file can change while
  // it runs; the files that they name are read again. While there is no model nothing is read from
  // Kafka, so that stream and kafka can change, too, and a good configuration is taken though there
  // is still no model: that is an error then if nothing else was changed.
  std::string reload(const Actor& actor);

  // To be called about once a second: readiness, watchdog, workers that ended, and what has become
  // possible or has changed meanwhile.
  void tend();
  bool failed() const;  // a worker ended by itself: the process should end and be restarted

  Status status() const;
  ApiAnswer api(const ApiRequest& request);
  int http_port() const { return http_ ? http_->port() : 0; }

 private:
  // All that a reload swaps in, read and checked.
  struct Next {
    config::Config config;
    std::vector<AlarmPlans> plans;     // of each group, as the models are
    std::vector<ModelPointer> models;  // empty: there are none as before, and
    std::string model_trouble;         // why
    std::shared_ptr<const WebRules> web;
    std::vector<std::string> changed;  // keys
  };

  config::Config with_overrides(config::Config config) const;
  Next read_again();
  bool can_change(const std::string& key) const;
  void tell_reload(const std::string& before, const std::string& changed,
                   const std::string& no_model) const;
  void adopt(Next next);
  // Of each group; throws why there is none of one.
  std::vector<ModelPointer> usable_models(const config::Config& config);
  // With mutex_ or reload_mutex_ held, where there are models:
  std::vector<GroupRules> rules() const;
  std::string fingerprints() const;  // "": there are none
  // With mutex_ held:
  void set_folding();
  const config::AlarmConfig& rules_of_topic(const std::string& topic) const;
  void load_first_model();
  HttpHandlers handlers();
  // With mutex_ held:
  void tell_model();
  void start_workers();
  bool control_read();
  void open_files();
  std::string why_not_ready() const;
  void restore_silent_topics();
  void look_for_silence();
  struct Reloading {  // what there was before it, and what came of it
    std::string models = "";
    std::string config = "";   // fingerprint of what it says
    std::string changed = "";  // keys
    std::string why = "";      // it failed; "": it did not
  };
  void audit_reload(const Actor& actor, const Reloading& what) const;
  void look_for_broker();
  void watch_clock();
  void follow_web_config();
  ApiAnswer api_status() const;
  ApiAnswer api_clusters() const;
  ApiAnswer api_element(const std::string& name) const;

  RunOverrides overrides_;
  std::mutex reload_mutex_;  // one at a time: the first load, SIGHUP and POST may come together
  // Guards what follows, up to workers_: HTTP threads and reloads see it. Who holds reload_mutex_
  // may read config_ without it, as nobody else writes that.
  mutable std::mutex mutex_;
  config::Config config_;
  std::vector<ModelPointer> models_;  // of each group; empty: one of them has none
  std::vector<AlarmPlans> plans_;
  std::string model_trouble_ = "is being loaded";
  std::string broker_trouble_;   // without a model alone: else the workers tell
  bool other_broker_ = false;    // to be asked: the configuration has changed
  std::string files_trouble_;    // why state or outputs cannot be opened
  std::string workers_trouble_;  // why they did not start
  bool stopping_ = false;
  std::chrono::steady_clock::time_point next_try_;  // to open them
  std::unique_ptr<SnapshotStore> snapshots_;
  std::unique_ptr<Outputs> outputs_;
  Metrics metrics_;
  AlarmBoard board_;
  ControlBoard control_;
  ElementHomes homes_;
  std::unique_ptr<ControlReading> control_reading_;  // null: no topic, or not begun
  TopicSilence topic_silence_;                       // tend()'s alone
  std::vector<std::shared_ptr<Worker>> workers_;  // shared with who waits for an answer of theirs
  std::unique_ptr<ingest::KafkaReach> reach_;     // tend()'s alone, while there is no model
  ClockWatch clock_;
  std::shared_ptr<WebAccess> access_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace faultprint::daemon
