#include "daemon/systemd.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

namespace faultprint::daemon {
namespace systemd_test {

// Listens where the service manager would.
class NotifySocket {
 public:
  NotifySocket() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_ = "/tmp/faultprint-notify-" + std::to_string(getpid());
    unlink(path_.c_str());
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    REQUIRE(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~NotifySocket() {
    unsetenv("NOTIFY_SOCKET");
    unlink(path_.c_str());
    close(fd_);
  }

  std::string receive() const {  // "" when nothing was sent
    std::array<char, 4096> buffer{};
    const auto length = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return length <= 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(length));
  }

 private:
  int fd_;
  std::string path_;
};

class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

TEST_CASE("each notification is the one sd_notify(3) documents") {
  const NotifySocket manager;
  systemd::status("reading back 3 partitions");
  CHECK(manager.receive() == "STATUS=reading back 3 partitions");
  systemd::extend_timeout(std::chrono::seconds(30));
  CHECK(manager.receive() == "EXTEND_TIMEOUT_USEC=30000000");
  systemd::ready();
  CHECK(manager.receive() == "READY=1");
  systemd::watchdog();
  CHECK(manager.receive() == "WATCHDOG=1");
  systemd::stopping();
  CHECK(manager.receive() == "STOPPING=1");
}

TEST_CASE("a reload carries the monotonic time systemd 253 asks for") {
  const NotifySocket manager;
  systemd::reloading();
  const std::string message = manager.receive();
  const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(message.rfind(start, 0) == 0);
  CHECK(std::stoll(message.substr(start.size())) > 0);
}

TEST_CASE("a status cannot smuggle in another assignment") {
  const NotifySocket manager;
  systemd::status("lost\nREADY=1");
  CHECK(manager.receive() == "STATUS=lost READY=1");
}

TEST_CASE("without a service manager nothing happens") {
  unsetenv("NOTIFY_SOCKET");
  systemd::ready();
  systemd::watchdog();
  CHECK(systemd::watchdog_interval().count() == 0);
}

TEST_CASE("the watchdog is fed twice an interval, and only when it is ours") {
  const Variable interval("WATCHDOG_USEC", "30000000");
  {
    const Variable pid("WATCHDOG_PID", std::to_string(getpid()));
    CHECK(systemd::watchdog_interval() == std::chrono::seconds(15));
  }
  const Variable pid("WATCHDOG_PID", std::to_string(getppid()));
  CHECK(systemd::watchdog_interval().count() == 0);
}

TEST_CASE("standard error is the journal's only when it is the stream systemd connected") {
  struct stat err {};
  REQUIRE(fstat(STDERR_FILENO, &err) == 0);
  const std::string ours = std::to_string(err.st_dev) + ":" + std::to_string(err.st_ino);
  unsetenv("JOURNAL_STREAM");
  CHECK_FALSE(systemd::under_journal());
  {
    const Variable stream("JOURNAL_STREAM", ours);
    CHECK(systemd::under_journal());
  }
  for (const std::string& other : {std::string("1:2"), std::string(), ours + "0"}) {
    const Variable stream("JOURNAL_STREAM", other);
    CHECK_FALSE(systemd::under_journal());
  }
}

}  // namespace systemd_test
}  // namespace faultprint::daemon
