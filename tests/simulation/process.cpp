#include "tests/simulation/process.h"

namespace faultprint::crash {
Process::Process(Stage& stage, const Setting& setting, daemon::Metrics& metrics,
                 const ProcessOptions& options, int regime, Fuse fuse)
    : stage_(stage), setting_(setting), options_(options), fuse_(fuse), metrics_(metrics) {
  at_work([&] { start(regime); });
}

Process::~Process() {
  if (alive_) kill();
}

template <typename Work>
void Process::at_work(Work work) {
  stage_.fuse = &fuse_;
  try {
    work();
  } catch (const Killed&) {
    kill();
  } catch (const std::exception& e) {
    stage_.note(std::string("  the process ends: ") + e.what());
    kill();
  }
  stage_.fuse = nullptr;
  stage_.broker.at_work = kNobody;
}

void Process::start(int regime) {
  config::Config config = setting_.config;
  config.state.directory = options_.state_directory;
  config.state.topic = options_.state_topic;
  config.state.snapshot_every = config::Microseconds(options_.snapshot_every_us);
  config.kafka.workers = options_.workers;
  config.output.verdicts_file = options_.machine + "verdicts";
  config.output.alarms_file = options_.machine + "alarms";
  snapshots_ = std::make_unique<daemon::SnapshotStore>(daemon::snapshot_place(config));
  outputs_ = std::make_unique<daemon::Outputs>(config.output, config.kafka);
  for (int i = 0; i < options_.workers; ++i) {
    members_.push_back(stage_.broker.at_work = stage_.broker.join(regime));
    workers_.push_back(std::make_unique<daemon::Worker>(i, config, setting_.rules_of(regime),
                                                        *snapshots_, *outputs_, metrics_, board_,
                                                        stage_.control, homes_));
    workers_.back()->join();
  }
}

void Process::round() {
  at_work([&] {
    const auto i = static_cast<std::size_t>(stage_.dice.below(static_cast<int>(workers_.size())));
    stage_.broker.begin_round(members_[i]);
    if (workers_[i]->go_round()) return;
    stage_.note("  a worker has ended: " + workers_[i]->trouble());
    stop();
  });
}

// As Service::stop: one worker after the other; one that has ended by itself gives nothing out.
void Process::stop() {
  if (!alive_) return;
  at_work([&] {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      stage_.broker.at_work = members_[i];
      workers_[i]->leave();
    }
    kill();
  });
}

void Process::kill() {
  if (!alive_) return;
  alive_ = false;
  for (const int member : members_) stage_.broker.die(member);
  stage_.fuse = nullptr;
  workers_.clear();
  outputs_.reset();
  stage_.disk.kill(options_.machine);
}

void Process::reload(int regime) {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    stage_.broker.reload(members_[i], regime);
    workers_[i]->reload(setting_.rules_of(regime));
  }
}

}  // namespace faultprint::crash
