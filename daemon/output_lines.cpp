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

OutputLines::OutputLines(const std::string& path, Open how) : path_(path), how_(how) {
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
  const std::string_view done = std::string_view(held_).substr(0, taken);
  const std::size_t ended = done.rfind('\n');
  if (ended != std::string_view::npos) begun_.clear();
  begun_ += done.substr(ended == std::string_view::npos ? 0 : ended + 1);
  held_.erase(0, taken);
  errno = why;
  if (!held_.empty()) cannot_append(path_);
}

void OutputLines::sync() {
  if (!lost_.empty()) throw OutputLost(lost_);
  if (fd_ < 0) return;
  if (how_ == Open::append && is_elsewhere()) open_anew();
  if (!unsynced_) return;
  flush();
  put_on_disk();
}

void OutputLines::put_on_disk() {
  // EINVAL: a pipe or a terminal.
  if (fdatasync(fd_) != 0 && errno != EINVAL && errno != EROFS) {
    lost_ = path_ + ": does not reach the disk: " + std::strerror(errno);
    throw OutputLost(lost_);
  }
  unsynced_ = false;
}

bool OutputLines::is_elsewhere() const {
  if (fd_ == STDOUT_FILENO) return false;
  struct stat named {};
  struct stat ours {};
  if (::stat(path_.c_str(), &named) != 0) return errno == ENOENT;
  return ::fstat(fd_, &ours) == 0 && (named.st_ino != ours.st_ino || named.st_dev != ours.st_dev);
}

// What the old file has may be all there is of it: it is put on the disk first. A line that it has
// the beginning of is written whole to the new one.
void OutputLines::open_anew() {
  const int next = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (next < 0) cannot_append(path_);
  try {
    put_on_disk();
  } catch (const OutputLost&) {
    ::close(next);
    throw;
  }
  ::close(fd_);
  fd_ = next;
  held_.insert(0, begun_);
  begun_.clear();
  if (ends_in_torn_line(fd_)) held_.insert(0, 1, '\n');
  unsynced_ = true;
}

}  // namespace faultprint::daemon
