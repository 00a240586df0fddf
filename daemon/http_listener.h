// Accepts clients of the HTTP port and moves their bytes, all from one thread that never waits for
// any of them: slow ones cost a descriptor and some memory until their time is up, and never keep
// others from being served.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/config.h"
#include "daemon/http_connection.h"
#include "daemon/http_limits.h"
#include "daemon/tls.h"

namespace faultprint::daemon {

class HttpListener {
 public:
  using Done = std::function<void(std::string answer)>;
  struct Calls {
    // A whole request came: done may be called from any thread, once, as long as this object lives.
    std::function<void(std::string request, const Peer& peer, Done done)> request;
    std::function<std::shared_ptr<const TlsContext>()> tls;  // of the next connection; null: plain
    std::function<void(std::size_t)> connections;            // how many there are now; may be empty
    std::function<void(HttpDrop)> dropped;                   // may be empty
  };

  // Binds; std::runtime_error naming host and port when it cannot, or what else is missing.
  HttpListener(const config::HttpConfig& http, const HttpLimits& limits, Calls calls);
  ~HttpListener();  // stops
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  void start();
  void stop();  // drops every connection; no call comes afterwards
  int port() const { return port_; }

 private:
  class Descriptor {  // closed when it goes
   public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor other) noexcept {
      std::swap(fd_, other.fd_);
      return *this;
    }
    int get() const { return fd_; }
    bool open() const { return fd_ >= 0; }

   private:
    int fd_;
  };
  using Clock = std::chrono::steady_clock;
  using Connections = std::map<std::uint64_t, std::unique_ptr<HttpConnection>>;  // oldest first

  void bind(const config::HttpConfig& http);
  void run();
  void wait();
  void take_answers();
  void accept_all();
  bool accept_one();
  void refuse_for_want_of_descriptors();
  void pause_accepting();
  bool make_room();
  void advance(std::uint64_t id, HttpConnection& connection);
  void sweep();
  void drop(HttpDrop reason, const std::string& newest = "");  // newest: who and why
  void wake() const;
  std::chrono::milliseconds patience() const;

  const HttpLimits limits_;
  Calls calls_;
  Descriptor listening_;
  Descriptor waker_;  // an eventfd
  Descriptor spare_;  // given up for a moment to turn a client away when no descriptor is left
  int port_ = 0;
  Connections connections_;
  std::uint64_t next_id_ = 0;
  std::size_t told_connections_ = 0;
  Clock::time_point now_;
  Clock::time_point accept_from_;
  struct Unlogged {
    std::uint64_t count = 0;  // dropped since the last line about it
    Clock::time_point may_log_from = {};
  };
  std::array<Unlogged, static_cast<std::size_t>(HttpDrop::count_)> unlogged_;  // by reason
  std::mutex mutex_;  // guards what follows
  std::vector<std::pair<std::uint64_t, std::string>> answers_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace faultprint::daemon
