#include "daemon/demo_recording.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "daemon/embedded.h"

FAULTPRINT_EMBEDDED(faultprint_demo_config);
FAULTPRINT_EMBEDDED(faultprint_demo_train);
FAULTPRINT_EMBEDDED(faultprint_demo_train_incidents);
FAULTPRINT_EMBEDDED(faultprint_demo_heldout);
FAULTPRINT_EMBEDDED(faultprint_demo_heldout_incidents);

namespace faultprint::daemon {

namespace fs = std::filesystem;

Workspace::Workspace() {
  std::string pattern = fs::temp_directory_path() / "faultprint-demo-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

namespace {

std::string put(const fs::path& path, const char* begin, const char* end) {
  std::ofstream file(path, std::ios::binary);
  if (!file.write(begin, static_cast<std::streamsize>(end - begin)).flush())
    throw std::runtime_error(path.string() + ": cannot be written");
  return path;
}

}  // namespace

Recording unpack(const fs::path& folder) {
  fs::create_directories(folder);
  return {put(folder / "faultprint.yaml", faultprint_demo_config, faultprint_demo_config_end),
          {{put(folder / "train.csv.gz", faultprint_demo_train, faultprint_demo_train_end)},
           {put(folder / "train_incidents.csv", faultprint_demo_train_incidents,
                faultprint_demo_train_incidents_end)}},
          {{put(folder / "heldout.csv.gz", faultprint_demo_heldout, faultprint_demo_heldout_end)},
           {put(folder / "heldout_incidents.csv", faultprint_demo_heldout_incidents,
                faultprint_demo_heldout_incidents_end)}}};
}

}  // namespace faultprint::daemon
