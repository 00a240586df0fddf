// What slow, greedy and hostile clients may do to the HTTP port, and what they are told.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "daemon/http_server.h"
#include "error_of.h"
#include "http_client.h"

namespace faultprint::daemon {
namespace http_limits_test {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

using Client = test::HttpClient;

std::string answer(int port, const std::string& request) {
  return test::http_send(port, request).all;
}

std::string get(int port, const std::string& path) { return test::http_ask(port, "GET", path).all; }

std::size_t descriptors() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

struct Counting {
  std::array<std::atomic<int>, static_cast<std::size_t>(HttpDrop::count_)> dropped{};
  std::atomic<std::size_t> most = 0;
  std::string page = "faultprint_ready 1\n";

  HttpHandlers handlers() {
    return {.metrics = [this] { return page; },
            .status =
                [] {
                  return Status{true, "", {}};
                },
            .reload = {},
            .connections =
                [this](std::size_t now) {
                  if (now > most) most = now;
                },
            .dropped = [this](HttpDrop why) { ++dropped[static_cast<std::size_t>(why)]; }};
  }
  int count(HttpDrop why) const { return dropped[static_cast<std::size_t>(why)]; }
};

const config::HttpConfig kAnyPort{
    .host = "127.0.0.1", .port = 0, .reload = false, .web_config_file = ""};

HttpLimits limits_with(milliseconds HttpLimits::*limit, milliseconds value) {
  HttpLimits limits;
  limits.*limit = value;
  return limits;
}

TEST_CASE("a scrape is answered while 200 clients send a byte a moment, and descriptors stay few") {
  Counting daemon;
  const std::size_t before = descriptors();
  const HttpServer server(kAnyPort, daemon.handlers());
  std::vector<Client> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(server.port());
    slow.back().send("GET /metrics HTTP/1.1\r\nX-Slow: ");
  }
  std::atomic<bool> over = false;
  std::thread dripping([&] {
    while (!over) {
      for (const Client& client : slow) client.send("a");
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  for (int i = 0; i < 20; ++i) {
    const auto began = Clock::now();
    CHECK(get(server.port(), "/metrics").ends_with("\r\n\r\nfaultprint_ready 1\n"));
    CHECK(seconds_since(began) < 1);
  }
  // The clients' ends are in this process too.
  CHECK(descriptors() < before + 200 + HttpLimits{}.connections + 10);
  CHECK(daemon.most <= HttpLimits{}.connections);
  CHECK(daemon.count(HttpDrop::crowded) >= 72);
  over = true;
  dripping.join();
}

TEST_CASE("who does not finish a request in time is let go, however busy the line is kept") {
  Counting daemon;
  const HttpServer server(kAnyPort, daemon.handlers(), nullptr,
                          limits_with(&HttpLimits::request, milliseconds(300)));
  const Client client(server.port());
  const auto began = Clock::now();
  while (client.send("X") && seconds_since(began) < 5)
    std::this_thread::sleep_for(milliseconds(10));
  CHECK(seconds_since(began) < 3);
  CHECK(daemon.count(HttpDrop::slow) == 1);
}

TEST_CASE("who does not take an answer is let go, and others are served meanwhile") {
  Counting daemon;
  daemon.page = std::string(std::size_t{64} << 20, 'x');
  const HttpServer server(kAnyPort, daemon.handlers(), nullptr,
                          limits_with(&HttpLimits::answer, milliseconds(500)));
  std::vector<Client> deaf;
  for (int i = 0; i < 6; ++i) {
    deaf.emplace_back(server.port());
    deaf.back().send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  CHECK(get(server.port(), "/-/healthy").starts_with("HTTP/1.1 200"));
  const auto began = Clock::now();
  while (daemon.count(HttpDrop::slow) < 6 && seconds_since(began) < 10)
    std::this_thread::sleep_for(milliseconds(20));
  CHECK(daemon.count(HttpDrop::slow) == 6);
}

TEST_CASE("a large answer reaches a client that takes its time") {
  Counting daemon;
  daemon.page = std::string(std::size_t{16} << 20, 'x');
  const HttpServer server(kAnyPort, daemon.handlers());
  const Client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(200));
  CHECK(client.all().size() > daemon.page.size());
}

TEST_CASE("hostile requests get their status and nothing of the inside") {
  Counting daemon;
  const HttpServer server(kAnyPort, daemon.handlers());
  struct Case {
    std::string request;
    const char* status;
  };
  const std::string end = " HTTP/1.1\r\nHost: a\r\n\r\n";
  const Case cases[] = {{"GET /../../etc/passwd" + end, "404"},
                        {"GET /%2e%2e/%2e%2e/etc/passwd" + end, "404"},
                        {"GET /metrics%00.html" + end, "404"},
                        {"GET /metrics/../-/ready" + end, "404"},
                        {"GET //metrics" + end, "404"},
                        {"GET /" + std::string(100000, 'a') + end, "414"},
                        {"GET / HTTP/1.1\r\nX: " + std::string(100000, 'a') + "\r\n\r\n", "431"},
                        {"BREW /metrics" + end, "400"},
                        {"get /metrics" + end, "400"},
                        {"GET /metrics HTTP/9.9\r\n\r\n", "400"},
                        {"GET\r\n\r\n", "400"},
                        {"\x16\x03\x01\x02 a TLS greeting\r\n\r\n", "400"},
                        {"TRACE /metrics" + end, "400"},
                        {"CONNECT a:1" + end, "400"}};
  for (const Case& each : cases) {
    CAPTURE(each.request.substr(0, 60));
    const std::string told = answer(server.port(), each.request);
    CHECK(told.starts_with(std::string("HTTP/1.1 ") + each.status));
    for (const char* inside : {"httplib", "Server:", "root:", "/work", "faultprint", "std::"})
      CHECK(told.find(inside) == std::string::npos);
  }
  CHECK(get(server.port(), "/-/healthy").starts_with("HTTP/1.1 200"));
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

// Takes every descriptor that is left, for as long as this lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    for (int fd = dup(STDIN_FILENO); fd >= 0; fd = dup(STDIN_FILENO)) taken_.push_back(fd);
  }
  ~NoDescriptors() {
    for (const int fd : taken_) close(fd);
  }
  void give_one_back() {
    close(taken_.back());
    taken_.pop_back();
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  std::vector<int> taken_;
};

TEST_CASE(
    "without descriptors a client is turned away without a hot loop, and later served again") {
  Counting daemon;
  const HttpServer server(kAnyPort, daemon.handlers());
  const Client unlucky;
  {
    const NoDescriptors none;
    unlucky.connect_to(server.port());
    const double began = processor_seconds();
    CHECK(unlucky.all().empty());
    std::this_thread::sleep_for(milliseconds(500));
    CHECK(processor_seconds() - began < 0.2);
  }
  CHECK(daemon.count(HttpDrop::descriptors) == 1);
  std::this_thread::sleep_for(milliseconds(300));
  CHECK(get(server.port(), "/-/healthy").starts_with("HTTP/1.1 200"));
}

TEST_CASE("a port that cannot be served for want of descriptors is an error, and none is lost") {
  Counting daemon;
  const auto fail = [&] {
    return test::error_of([&] { const HttpServer server(kAnyPort, daemon.handlers()); });
  };
  CHECK(fail().empty());
  const std::size_t before = descriptors();
  std::string why;
  {
    NoDescriptors none;
    none.give_one_back();  // for the socket
    why = fail();
  }
  CHECK(why == "http: no eventfd: Too many open files");
  CHECK(descriptors() == before);
}

}  // namespace http_limits_test
}  // namespace faultprint::daemon
