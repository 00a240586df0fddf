#include "daemon/output_target.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace faultprint::daemon {

void check_target(const std::string& path, Writing how) {
  namespace fs = std::filesystem;
  const auto fail = [&](int why) {
    throw std::runtime_error(path + ": cannot be written: " + std::strerror(why));
  };
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) fail(EISDIR);
  if (how == Writing::in_place && fs::exists(path, ignored)) {
    if (access(path.c_str(), W_OK) != 0) fail(errno);
    return;
  }
  const fs::path folder = fs::path(path).parent_path();
  const std::string where = folder.empty() ? "." : folder.string();
  if (!fs::is_directory(where, ignored)) fail(fs::exists(where, ignored) ? ENOTDIR : ENOENT);
  if (access(where.c_str(), W_OK | X_OK) != 0) fail(errno);
}

}  // namespace faultprint::daemon
