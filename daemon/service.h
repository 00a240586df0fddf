// The daemon: its workers, HTTP port, outputs and model, from start to stop. One owner of all that
// touches the world; the wall clock is read here and in workers, never below.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/http_server.h"
#include "daemon/loaded_model.h"
#include "daemon/metrics.h"
#include "daemon/outputs.h"
#include "daemon/snapshot.h"
#include "daemon/topic_silence.h"
#include "daemon/worker.h"

namespace faultprint::daemon {

class Service {
 public:
  // model: wins over model.file where it is not empty.
  Service(config::Config config, std::string model);
  ~Service();

  // Serves HTTP at once; consumes as soon as there is a usable model. Throws what makes a start
  // impossible: the port is taken, the state directory or an output cannot be written.
  void start();
  // Drains, commits, leaves the group, stops serving.
  void stop();

  // Reads configuration and model again; "" or why the old ones stay. Only alarms, inventory, model
  // and log can change while it runs; the files that they name are read again.
  std::string reload();

  // To be called about once a second: readiness, watchdog, workers that ended.
  void tend();
  bool failed() const;  // a worker ended by itself: the process should end and be restarted

  Status status() const;
  ApiAnswer api(const ApiRequest& request);
  int http_port() const { return http_ ? http_->port() : 0; }

 private:
  std::string load_model_now();
  void start_workers();  // with mutex_ held
  void adopt_group();
  std::string why_not_ready() const;
  void look_for_silence();
  std::string model_file() const;
  ApiAnswer api_status() const;
  ApiAnswer api_clusters() const;
  ApiAnswer api_element(const std::string& name) const;

  config::Config config_;
  std::string model_override_;
  mutable std::mutex mutex_;  // guards what the HTTP threads see: model_, model_trouble_, workers_
  ModelPointer model_;
  AlarmPlans plans_;
  std::string model_trouble_;
  Metrics metrics_;
  std::unique_ptr<SnapshotStore> snapshots_;
  std::unique_ptr<Outputs> outputs_;
  AlarmBoard board_;
  TopicSilence topic_silence_;                    // tend()'s alone
  std::vector<std::shared_ptr<Worker>> workers_;  // shared with who waits for an answer of theirs
  std::unique_ptr<HttpServer> http_;
  std::mutex reload_mutex_;  // one at a time: SIGHUP and POST may come together
};

}  // namespace faultprint::daemon
