#include "daemon/systemd.h"

#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace faultprint::daemon::systemd {
namespace {

// 0: NOTIFY_SOCKET stays set, later calls need it. A message that cannot be sent is not worth
// failing for: systemd's own timeouts notice.
void notify(const std::string& assignments) { sd_notify(0, assignments.c_str()); }

std::uint64_t monotonic_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

// A line break would start another assignment, and a NUL would end the message.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  }
  return text;
}

}  // namespace

void ready() { notify("READY=1"); }
void stopping() { notify("STOPPING=1"); }
void watchdog() { notify("WATCHDOG=1"); }
void status(const std::string& text) { notify("STATUS=" + one_line(text)); }

void reloading() { notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us())); }

void extend_timeout(std::chrono::seconds more) {
  notify("EXTEND_TIMEOUT_USEC=" + std::to_string(std::chrono::microseconds(more).count()));
}

std::chrono::microseconds watchdog_interval() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0) return {};
  return std::chrono::microseconds(usec / 2);
}

bool under_journal() {
  // "device:inode" of the stream systemd connected; a redirected stderr has others.
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat err {};
  if (stream == nullptr || fstat(STDERR_FILENO, &err) != 0) return false;
  return stream == std::to_string(err.st_dev) + ":" + std::to_string(err.st_ino);
}

}  // namespace faultprint::daemon::systemd
