// One daemon process of a world: what Service makes, without threads and HTTP.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/worker.h"
#include "tests/simulation/settings.h"
#include "tests/simulation/stage.h"

namespace faultprint::crash {

struct ProcessOptions {
  std::string machine;          // "m0/": where its outputs are
  std::string state_directory;  // "": it keeps no snapshots there
  std::string state_topic;      // "": nor there
  int workers = 1;
  std::int64_t snapshot_every_us = 1000000;
};

class Process {
 public:
  // Started, or killed while it starts. fuse: it is killed after so many steps; 0: not.
  // metrics: of all processes of a world, as making them is costly.
  Process(Stage& stage, const Setting& setting, daemon::Metrics& metrics,
          const ProcessOptions& options, int regime, Fuse fuse);
  ~Process();

  bool alive() const { return alive_; }
  void round();  // of one of its workers
  void stop();   // on SIGTERM
  void kill();
  void reload(int regime);  // on SIGHUP: each worker's next round takes it up
  void spare() { fuse_ = {}; }
  const std::string& machine() const { return options_.machine; }
  const std::vector<int>& members() const { return members_; }

 private:
  template <typename Work>
  void at_work(Work work);
  void start(int regime);

  Stage& stage_;
  const Setting& setting_;
  ProcessOptions options_;
  Fuse fuse_;
  bool alive_ = true;
  daemon::Metrics& metrics_;
  daemon::AlarmBoard board_;
  daemon::ElementHomes homes_;
  std::unique_ptr<daemon::SnapshotStore> snapshots_;
  std::unique_ptr<daemon::Outputs> outputs_;
  std::vector<std::unique_ptr<daemon::Worker>> workers_;
  std::vector<int> members_;  // of the group, one for each worker
};

}  // namespace faultprint::crash
