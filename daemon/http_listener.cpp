#include "daemon/http_listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "daemon/log.h"

namespace faultprint::daemon {
namespace {

constexpr int kBacklog = 128;
constexpr auto kPause = std::chrono::milliseconds(200);
constexpr auto kLogEvery = std::chrono::seconds(60);

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

Peer peer_of(const sockaddr_storage& address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(),
                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {};
  return {host.data(), std::atoi(port.data())};
}

int listen_on(const addrinfo& address) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int yes = 1;
  // Not SO_REUSEPORT: a second daemon on the same port is to fail.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0)
    return fd;
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

int port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return peer_of(address, size).port;
}

}  // namespace

const char* name(HttpDrop reason) {
  constexpr std::array<const char*, static_cast<std::size_t>(HttpDrop::count_)> kNames{
      "crowded", "slow", "descriptors", "tls", "memory"};
  return kNames[static_cast<std::size_t>(reason)];
}

HttpListener::HttpListener(const config::HttpConfig& http, const HttpLimits& limits, Calls calls)
    : limits_(limits), calls_(std::move(calls)) {
  bind(http);
  waker_ = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  // Without it no answer would be sent, and stop() would wait for the next client.
  if (!waker_.open())
    throw std::runtime_error(std::string("http: no eventfd: ") + std::strerror(errno));
  spare_ = Descriptor(open_spare());
}

HttpListener::~HttpListener() { stop(); }

HttpListener::Descriptor::~Descriptor() {
  if (open()) ::close(fd_);
}

void HttpListener::bind(const config::HttpConfig& http) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(http.port);
  std::string reason = "no such address";
  if (getaddrinfo(http.host.c_str(), port.c_str(), &hints, &found) == 0) {
    for (const addrinfo* each = found; each != nullptr && !listening_.open();
         each = each->ai_next) {
      listening_ = Descriptor(listen_on(*each));
      if (!listening_.open()) reason = std::strerror(errno);
    }
    freeaddrinfo(found);
  }
  if (!listening_.open())
    throw std::runtime_error("http.listen: cannot bind " + http.host + ":" + port + ": " + reason);
  port_ = port_of(listening_.get());
}

void HttpListener::start() {
  thread_ = std::thread([this] { run(); });
}

void HttpListener::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake();
  thread_.join();
  connections_.clear();
}

void HttpListener::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(waker_.get(), &one, sizeof one);
}

void HttpListener::run() {
  while (!stopping_) {
    wait();
    take_answers();
    sweep();
  }
}

// How long nothing needs to be done if nothing happens.
std::chrono::milliseconds HttpListener::patience() const {
  Clock::time_point first = now_ + std::chrono::seconds(60);
  for (const auto& [id, connection] : connections_)
    if (connection->state() != HttpConnection::State::answering)
      first = std::min(first, connection->deadline());
  if (accept_from_ > now_) first = std::min(first, accept_from_);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first - now_);
  return std::max(left + std::chrono::milliseconds(1), std::chrono::milliseconds(0));
}

void HttpListener::wait() {
  std::vector<pollfd> watched{{waker_.get(), POLLIN, 0}};
  std::vector<std::uint64_t> ids;
  for (const auto& [id, connection] : connections_) {
    if (connection->events() == 0) continue;  // an answer is being made
    watched.push_back({connection->socket(), connection->events(), 0});
    ids.push_back(id);
  }
  now_ = Clock::now();
  if (now_ >= accept_from_) watched.push_back({listening_.get(), POLLIN, 0});
  const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(patience().count()));
  now_ = Clock::now();
  if (ready <= 0) return;
  if (watched[0].revents != 0) {
    std::uint64_t count = 0;
    (void)!::read(waker_.get(), &count, sizeof count);
  }
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (watched[i + 1].revents != 0) advance(ids[i], *connections_[ids[i]]);
  if (watched.back().fd == listening_.get() && watched.back().revents != 0) accept_all();
}

void HttpListener::advance(std::uint64_t id, HttpConnection& connection) {
  connection.advance(now_);
  if (const auto why = connection.take_tls_failure())
    drop(HttpDrop::tls, connection.peer().host + ": " + *why);
  if (connection.state() != HttpConnection::State::answering) return;
  calls_.request(connection.take_request(), connection.peer(), [this, id](std::string answer) {
    {
      const std::lock_guard lock(mutex_);
      answers_.emplace_back(id, std::move(answer));
    }
    wake();
  });
}

void HttpListener::take_answers() {
  std::vector<std::pair<std::uint64_t, std::string>> answers;
  {
    const std::lock_guard lock(mutex_);
    answers.swap(answers_);
  }
  for (auto& [id, answer] : answers) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    found->second->answer(std::move(answer), now_);
    found->second->advance(now_);
  }
}

void HttpListener::accept_all() {
  for (int i = 0; i < kBacklog && accept_one(); ++i) continue;
}

// False when there is nobody more, or nobody can be taken for now.
bool HttpListener::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = ::accept4(listening_.get(), reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    if (errno == ECONNABORTED || errno == EINTR) return true;
    if (errno == EMFILE || errno == ENFILE) return refuse_for_want_of_descriptors(), false;
    return pause_accepting(), false;
  }
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (!make_room()) return ::close(fd), true;
  const auto context = calls_.tls();
  std::unique_ptr<TlsStream> tls = context ? context->accept(fd) : nullptr;
  if (context && !tls) {
    ::close(fd);
    drop(HttpDrop::memory);
    return true;
  }
  const std::uint64_t id = next_id_++;
  auto& connection = connections_[id];
  connection =
      std::make_unique<HttpConnection>(fd, peer_of(address, size), std::move(tls), limits_, now_);
  advance(id, *connection);  // what a client sends comes with its connection, mostly
  return true;
}

// Left waiting, clients would wake poll() again and again.
void HttpListener::refuse_for_want_of_descriptors() {
  spare_ = Descriptor();
  const int fd = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) {
    ::close(fd);
    drop(HttpDrop::descriptors);
  }
  spare_ = Descriptor(open_spare());
  pause_accepting();
}

void HttpListener::pause_accepting() { accept_from_ = now_ + kPause; }

// The slowest goes: the oldest that has not said what it wants, else the oldest that does not take
// its answer. False where all wait for this process.
bool HttpListener::make_room() {
  if (connections_.size() < limits_.connections) return true;
  using State = HttpConnection::State;
  for (const State state : {State::ended, State::lingering, State::reading, State::writing}) {
    const auto oldest =
        std::find_if(connections_.begin(), connections_.end(),
                     [&](const auto& entry) { return entry.second->state() == state; });
    if (oldest == connections_.end()) continue;
    if (state == State::reading || state == State::writing) drop(HttpDrop::crowded);
    connections_.erase(oldest);
    return true;
  }
  drop(HttpDrop::crowded);
  return false;
}

void HttpListener::sweep() {
  using State = HttpConnection::State;
  std::erase_if(connections_, [this](const auto& entry) {
    const State state = entry.second->state();
    if (state == State::ended) return true;
    if (state == State::answering || now_ < entry.second->deadline()) return false;
    if (state != State::lingering) drop(HttpDrop::slow);
    return true;
  });
  if (connections_.size() == told_connections_) return;
  told_connections_ = connections_.size();
  if (calls_.connections) calls_.connections(told_connections_);
}

void HttpListener::drop(HttpDrop reason, const std::string& newest) {
  if (calls_.dropped) calls_.dropped(reason);
  Unlogged& unlogged = unlogged_[static_cast<std::size_t>(reason)];
  ++unlogged.count;
  if (now_ < unlogged.may_log_from) return;
  log::warning("HTTP client dropped",
               {{"reason", name(reason)}, {"count", unlogged.count}, {"newest", newest}});
  unlogged = {0, now_ + kLogEvery};
}

}  // namespace faultprint::daemon
