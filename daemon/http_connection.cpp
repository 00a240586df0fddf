#include "daemon/http_connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "daemon/http_framing.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kChunk = 16384;

TlsStream::Io outcome_of(ssize_t result, std::size_t& moved, TlsStream::Io when_blocked) {
  using Io = TlsStream::Io;
  if (result > 0) {
    moved = static_cast<std::size_t>(result);
    return Io::done;
  }
  if (result == 0) return Io::closed;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? when_blocked : Io::failed;
}

std::string refusal(const std::string& status) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: " +
         std::to_string(status.size() - 4 + 1) + "\r\n\r\n" + status.substr(4) + "\n";
}

}  // namespace

HttpConnection::HttpConnection(int socket, Peer peer, std::unique_ptr<TlsStream> tls,
                               const HttpLimits& limits, Clock::time_point now)
    : socket_(socket),
      peer_(std::move(peer)),
      tls_(std::move(tls)),
      limits_(limits),
      deadline_(now + limits.request),
      shaking_hands_(tls_ != nullptr),
      events_(POLLIN) {}

HttpConnection::~HttpConnection() {
  tls_.reset();
  ::close(socket_);
}

HttpConnection::Io HttpConnection::receive(char* buffer, std::size_t size, std::size_t& moved) {
  if (tls_) return tls_->read(buffer, size, moved);
  return outcome_of(::recv(socket_, buffer, size, 0), moved, Io::wants_read);
}

HttpConnection::Io HttpConnection::send(const char* bytes, std::size_t size, std::size_t& moved) {
  if (tls_) return tls_->write(bytes, size, moved);
  return outcome_of(::send(socket_, bytes, size, MSG_NOSIGNAL), moved, Io::wants_write);
}

bool HttpConnection::blocked(Io outcome) {
  if (outcome == Io::done) return false;
  events_ = outcome == Io::wants_write ? POLLOUT : POLLIN;
  if (outcome == Io::closed || outcome == Io::failed) end();
  return true;
}

void HttpConnection::advance(Clock::time_point now) {
  if (shaking_hands_) shake_hands(now);
  if (shaking_hands_) return;
  if (state_ == State::reading) read_more(now);
  if (state_ == State::writing) write_more(now);
  if (state_ == State::lingering) read_out();
}

void HttpConnection::shake_hands(Clock::time_point now) {
  const Io outcome = tls_->handshake();
  if (outcome != Io::failed) {
    shaking_hands_ = blocked(outcome);
    return;
  }
  tls_failure_ = tls_->why();
  shaking_hands_ = false;
  linger(now);  // the client is to read why, too
}

void HttpConnection::read_more(Clock::time_point now) {
  std::array<char, kChunk> buffer;
  for (;;) {
    std::size_t moved = 0;
    if (blocked(receive(buffer.data(), buffer.size(), moved))) return;
    request_.append(buffer.data(), moved);
    const Framing framing = frame_request(request_, limits_);
    if (framing.state == Framing::State::refused) return answer(refusal(framing.status), now);
    if (framing.state == Framing::State::incomplete) continue;
    request_.resize(framing.size);  // one request a connection
    state_ = State::answering;
    events_ = 0;
    return;
  }
}

void HttpConnection::answer(std::string bytes, Clock::time_point now) {
  request_.clear();
  answer_ = std::move(bytes);
  deadline_ = now + limits_.answer;
  state_ = State::writing;
  events_ = POLLOUT;
}

void HttpConnection::write_more(Clock::time_point now) {
  while (written_ < answer_.size()) {
    std::size_t moved = 0;
    if (blocked(send(answer_.data() + written_, answer_.size() - written_, moved))) return;
    written_ += moved;
  }
  if (tls_) tls_->say_goodbye();
  answer_.clear();
  linger(now);
}

void HttpConnection::linger(Clock::time_point now) {
  ::shutdown(socket_, SHUT_WR);
  state_ = State::lingering;
  events_ = POLLIN;
  deadline_ = now + limits_.linger;
}

// What the client still sends: closing now would reset the connection before the answer is read.
void HttpConnection::read_out() {
  std::array<char, kChunk> buffer;
  for (int round = 0; round < 16; ++round) {
    std::size_t moved = 0;
    const Io outcome =
        outcome_of(::recv(socket_, buffer.data(), buffer.size(), 0), moved, Io::wants_read);
    if (blocked(outcome)) return;
  }
}

}  // namespace faultprint::daemon
