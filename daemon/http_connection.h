// One client of the HTTP port: a socket that never waits, its request so far and its answer. For
// one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/http_limits.h"
#include "daemon/tls.h"

namespace faultprint::daemon {

struct Peer {
  std::string host;
  int port = 0;
};

class HttpConnection {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State {
    reading,    // the request; with TLS the handshake first
    answering,  // a whole request is there, and its answer is being made
    writing,
    lingering,  // written: the client's end is waited for, so that it gets all of it
    ended,
  };

  // Owns the socket, which is connected and does not wait. tls: null for plain HTTP.
  HttpConnection(int socket, Peer peer, std::unique_ptr<TlsStream> tls, const HttpLimits& limits,
                 Clock::time_point now);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  int socket() const { return socket_; }
  const Peer& peer() const { return peer_; }
  State state() const { return state_; }
  short events() const { return events_; }  // what poll() is to wait for
  Clock::time_point deadline() const { return deadline_; }
  // Once: why the handshake failed; nothing where it did not.
  std::optional<std::string> take_tls_failure() { return std::exchange(tls_failure_, {}); }

  // As far as it goes without waiting.
  void advance(Clock::time_point now);
  // answering: the whole request, once.
  std::string take_request() { return std::move(request_); }
  void answer(std::string bytes, Clock::time_point now);

 private:
  using Io = TlsStream::Io;

  void shake_hands(Clock::time_point now);
  void read_more(Clock::time_point now);
  void write_more(Clock::time_point now);
  void linger(Clock::time_point now);
  void read_out();
  void end() { state_ = State::ended; }
  bool blocked(Io outcome);  // and notes what to wait for; ends where it has failed
  Io receive(char* buffer, std::size_t size, std::size_t& moved);
  Io send(const char* bytes, std::size_t size, std::size_t& moved);

  int socket_;
  Peer peer_;
  std::unique_ptr<TlsStream> tls_;
  const HttpLimits& limits_;
  Clock::time_point deadline_;
  State state_ = State::reading;
  bool shaking_hands_;
  std::optional<std::string> tls_failure_;
  short events_;
  std::string request_;
  std::string answer_;
  std::size_t written_ = 0;
};

}  // namespace faultprint::daemon
