// The disks of all simulated machines: files in memory, which know what would outlive the process,
// and what a power failure. Stands in for daemon/durable_file.cpp and daemon/output_lines.cpp.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/history.h"

namespace faultprint::crash {

struct Snapshot {
  std::string bytes;
  Place place;  // of the state within
};

class Disk {
 public:
  // Appended to.
  struct File {
    std::string bytes;
    std::size_t durable = 0;  // so many of them are on the disk
    std::string buffer;       // still in the process
  };
  File& file(const std::string& path) { return files_[path]; }

  // Replaced as a whole: the newest first, then those before.
  struct Versions {
    std::vector<Snapshot> kept;  // at most kMostKept
    bool durable = true;         // the newest one
  };
  static constexpr std::size_t kMostKept = 3;
  std::map<std::string, Versions>& snapshots() { return snapshots_; }
  Versions& snapshot(const std::string& path) { return snapshots_[path]; }

  // A machine's files begin with its name. What its processes held is gone.
  void kill(const std::string& machine);
  // And what was not on the disk, or part of it.
  void fail_power(const std::string& machine, Dice& dice);

 private:
  std::map<std::string, File> files_;
  std::map<std::string, Versions> snapshots_;
};

}  // namespace faultprint::crash
