// Where a world takes place: its dice, clock, disk and brokers, and the process that is at work.
// The doubles of the daemon's clock, files, log and Kafka consumer find it here.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/control_board.h"
#include "ingest/kafka_state_log.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/disk.h"

namespace faultprint::crash {

// Ends a process between two of its steps. No std::exception: the product must not handle it.
struct Killed {};

// What happened, for the summary: a test that disturbs nothing shows nothing.
enum class Count {
  worlds,
  records,
  verdicts,
  repeats,
  alarm_events,
  kills,
  power_failures,
  stops,
  write_errors,
  failed_snapshots,
  lost_snapshots,
  torn_snapshots,
  old_snapshots,
  refused_snapshots,
  snapshots_in_topic,
  revocations,
  moves,
  zombies,
  failed_commits,
  reloads,
  reloads_behind,
  control_records,
  excused,  // from here on: not wanted
  excused_early,
  count_
};
const char* name(Count count);
constexpr int kStatePartitions = 2;
using Counts = std::array<std::uint64_t, static_cast<std::size_t>(Count::count_)>;

struct Fuse {
  int steps = 0;  // until the process is killed; 0: it lives on
};

class Stage {
 public:
  explicit Stage(std::uint64_t seed, bool traced);
  ~Stage();
  static Stage& now();  // of this thread

  // Before each effect of the process at work on its surroundings.
  void step(const char* what);
  void count(Count what, std::uint64_t more = 1) { counts[static_cast<std::size_t>(what)] += more; }
  std::uint64_t counted(Count what) const { return counts[static_cast<std::size_t>(what)]; }
  bool traced() const { return traced_; }
  void note(const std::string& line) {
    if (traced_) trace.push_back(line);
  }

  Dice dice;  // of disturbances
  Disk disk;
  Broker broker;
  std::array<std::vector<ingest::StateRecord>, kStatePartitions>
      state;                          // a topic, not compacted yet
  daemon::ControlPlans control_said;  // all that the control topic will say
  daemon::ControlBoard control;       // as far as it has been read, by all processes
  std::int64_t now_us = 0;            // since the world began
  Fuse* fuse = nullptr;               // of the process at work
  bool calm = false;                  // nothing fails any more
  double write_errors = 0;            // chance of each
  std::vector<std::string> trace;
  Counts counts{};

 private:
  bool traced_;
};

}  // namespace faultprint::crash
