// The recording that the demonstration carries within the program.
#pragma once

#include <filesystem>
#include <string>

#include "daemon/dataset.h"

namespace faultprint::daemon {

// A temporary folder of its own, gone at the end.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::string path(const char* name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

struct Recording {
  std::string config;
  DataFiles train;
  DataFiles heldout;
};

// Its files, written into the folder, which is made where it is not there. std::runtime_error with
// the file's name where one cannot be written.
Recording unpack(const std::filesystem::path& folder);

}  // namespace faultprint::daemon
