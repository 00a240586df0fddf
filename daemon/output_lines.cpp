#include "daemon/output_lines.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace faultprint::daemon {
namespace {

constexpr std::size_t kHeld = 65536;  // then the operating system is called

[[noreturn]] void cannot_append(const std::string& path) {
  throw std::runtime_error(path + ": cannot be written: " + std::strerror(errno));
}

// A line that a killed process left half written is to be ended, so that the next one stands alone.
bool ends_in_torn_line(int fd) {
  struct stat status {};
  char last = '\n';
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
         pread(fd, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

}  // namespace

OutputLines::OutputLines(const std::string& path, Open how) : path_(path) {
  if (path.empty()) return;
  if (path == "-") {
    fd_ = STDOUT_FILENO;
    return;
  }
  // Truncated: read and write would want more rights than there may be.
  const int flags = how == Open::append ? O_RDWR | O_APPEND : O_WRONLY | O_TRUNC;
  fd_ = ::open(path.c_str(), flags | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0) cannot_append(path);
  if (how == Open::append && ends_in_torn_line(fd_)) held_ += '\n';
  if (how == Open::append)
    unsynced_ = true;  // what a killed process has written may not be on the disk yet
}

OutputLines::~OutputLines() {
  try {
    flush();
  } catch (const std::exception&) {  // who needs to know has called flush()
  }
  if (fd_ > STDOUT_FILENO) ::close(fd_);
}

void OutputLines::write(std::string_view line) {
  if (fd_ < 0) return;
  held_ += line;
  held_ += '\n';
  unsynced_ = true;
  if (held_.size() >= kHeld) flush();
}

void OutputLines::flush() {
  std::size_t taken = 0;
  while (taken < held_.size()) {
    const ssize_t n = ::write(fd_, held_.data() + taken, held_.size() - taken);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    taken += static_cast<std::size_t>(n);
  }
  const int why = errno;
  held_.erase(0, taken);
  errno = why;
  if (!held_.empty()) cannot_append(path_);
}

void OutputLines::sync() {
  if (!lost_.empty()) throw OutputLost(lost_);
  if (fd_ < 0 || !unsynced_) return;
  flush();
  // EINVAL: a pipe or a terminal.
  if (fdatasync(fd_) != 0 && errno != EINVAL && errno != EROFS) {
    lost_ = path_ + ": does not reach the disk: " + std::strerror(errno);
    throw OutputLost(lost_);
  }
  unsynced_ = false;
}

}  // namespace faultprint::daemon
