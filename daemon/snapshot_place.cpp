#include "daemon/snapshot_place.h"

#include "daemon/snapshot_folder.h"
#include "daemon/snapshot_topic.h"

namespace faultprint::daemon {

std::unique_ptr<SnapshotPlace> snapshot_place(const config::Config& config) {
  if (!config.state.topic.empty()) return std::make_unique<SnapshotTopic>(config);
  if (config.state.directory.empty()) return nullptr;
  return std::make_unique<SnapshotFolder>(config.state.directory);
}

}  // namespace faultprint::daemon
