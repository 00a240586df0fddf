#include "daemon/http_server.h"

#include <httplib.h>
#undef _res  // a macro of <resolv.h>, which httplib brings: Eigen has parameters of that name

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>

#include "daemon/log.h"
#include "daemon/status_page.h"

namespace faultprint::daemon {
namespace {

constexpr int kThreads = 4;
constexpr int kWaitingConnections = 64;
constexpr std::size_t kMaxPayloadBytes = 4096;
constexpr std::chrono::seconds kTimeout{5};
constexpr std::chrono::seconds kFirstByteTimeout{2};  // also the longest a stop takes when idle

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";

// Without httplib's own SO_REUSEPORT a second daemon on the same port fails instead of taking half
// of the connections.
void reuse_address_only(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

// Newer versions can bound the queue of accepted connections.
template <typename Pool>
httplib::TaskQueue* make_pool() {
  if constexpr (std::is_constructible_v<Pool, int, int>) {
    return new Pool(kThreads, kWaitingConnections);
  } else {
    return new Pool(kThreads);
  }
}

void limit(httplib::Server& server) {
  server.new_task_queue = [] { return make_pool<httplib::ThreadPool>(); };
  server.set_tcp_nodelay(true);
  server.set_socket_options(reuse_address_only);
  server.set_payload_max_length(kMaxPayloadBytes);
  server.set_read_timeout(kTimeout.count());
  server.set_write_timeout(kTimeout.count());
  // One request a connection: an idle one cannot hold a thread, and a body that was not read
  // cannot be taken for the next request.
  server.set_keep_alive_max_count(1);
  server.set_keep_alive_timeout(kFirstByteTimeout.count());
  server.set_default_headers(
      {{"Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"},
       {"X-Content-Type-Options", "nosniff"},
       {"Referrer-Policy", "no-referrer"},
       {"Cache-Control", "no-store"}});
}

void answer_failure(httplib::Response& response, const std::exception_ptr& failure) {
  response.status = 500;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    log::error("HTTP request failed", {{"error", e.what()}});
  } catch (...) {
    log::error("HTTP request failed");
  }
}

// Ranges of a changing page make no sense, and many small ones multiply its size: serve it whole.
void ignore_ranges(const httplib::Request& request) {
  const_cast<httplib::Request&>(request).ranges.clear();  // httplib's own object is not const
}

}  // namespace

struct HttpServer::Impl {
  Impl(const config::HttpConfig& http, HttpHandlers given)
      : handlers(std::move(given)), with_reload(http.reload && handlers.reload) {
    limit(server);
    route();
    bind(http);
    thread = std::thread([this] {
      server.listen_after_bind();
      ended = true;
    });
    // stop() before the loop runs would be lost, and the thread never end.
    while (!server.is_running() && !ended)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  ~Impl() {
    server.stop();
    thread.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void route() {
    using httplib::Request;
    using httplib::Response;
    server.set_pre_routing_handler([this](const Request& request, Response& response) {
      ignore_ranges(request);
      return answer_api_path(request, response);
    });
    server.Get("/", [this](const Request&, Response& response) {
      response.set_content(status_page(handlers.status()), kHtml);
    });
    server.Get("/metrics", [this](const Request&, Response& response) {
      response.set_content(handlers.metrics(), kExposition);
    });
    server.Get("/-/healthy", [](const Request&, Response& response) {
      response.set_content("faultprint is healthy.\n", kText);
    });
    server.Get("/-/ready", [this](const Request&, Response& response) { answer_ready(response); });
    if (with_reload) {
      server.Post("/-/reload", [this](const Request& request, Response& response) {
        answer_reload(request, response);
      });
    }
    server.set_error_handler(
        [this](const Request& request, Response& response) { answer_error(request, response); });
    server.set_exception_handler(
        [](const Request&, Response& response, const std::exception_ptr& failure) {
          answer_failure(response, failure);
        });
  }

  // Before the routes, which are regular expressions: names of elements may be long, and hold
  // slashes and line ends.
  httplib::Server::HandlerResponse answer_api_path(const httplib::Request& request,
                                                   httplib::Response& response) const {
    if (!handlers.api || !is_api_path(request.path))
      return httplib::Server::HandlerResponse::Unhandled;
    ApiAnswer answer;
    if (request.method == "GET" || request.method == "HEAD") {
      answer = handlers.api({request.path, request.params});
    } else {
      response.set_header("Allow", "GET, HEAD");
      answer = api_error(405, "method not allowed");
    }
    response.status = answer.status;
    response.set_content(answer.body, kJson);
    return httplib::Server::HandlerResponse::Handled;
  }

  void answer_ready(httplib::Response& response) const {
    const Status status = handlers.status();
    response.status = status.ready ? 200 : 503;
    response.set_content(status.ready
                             ? "faultprint is ready.\n"
                             : "faultprint is not ready: " + status.not_ready_because + "\n",
                         kText);
  }

  void answer_reload(const httplib::Request& request, httplib::Response& response) const {
    if (request.has_header("Origin")) {  // a web page's script, not an operator's tool
      response.status = 403;
      response.set_content("reload is not for web pages\n", kText);
      return;
    }
    const std::string failure = handlers.reload();
    response.status = failure.empty() ? 200 : 500;
    response.set_content(failure.empty() ? "reloaded\n" : "reload failed: " + failure + "\n",
                         kText);
  }

  void answer_error(const httplib::Request& request, httplib::Response& response) const {
    if (!response.body.empty()) return;  // a handler's own words
    if (response.status == 404) {
      if (const std::string allowed = allowed_methods(request.path); !allowed.empty()) {
        response.status = 405;
        response.set_header("Allow", allowed);
      }
    }
    response.set_content(error_text(response.status), kText);
  }

  std::string allowed_methods(const std::string& path) const {
    for (const char* page : {"/", "/metrics", "/-/healthy", "/-/ready"}) {
      if (path == page) return "GET, HEAD";
    }
    return with_reload && path == "/-/reload" ? "POST" : "";
  }

  static const char* error_text(int status) {
    switch (status) {
      case 404:
        return "not found\n";
      case 405:
        return "method not allowed\n";
      case 413:
        return "request too large\n";
      default:
        return status < 500 ? "bad request\n" : "internal error\n";
    }
  }

  void bind(const config::HttpConfig& http) {
    errno = 0;
    bound_port = http.port == 0                              ? server.bind_to_any_port(http.host)
                 : server.bind_to_port(http.host, http.port) ? http.port
                                                             : -1;
    if (bound_port > 0) return;
    const std::string reason = errno == 0 ? "no such address" : std::strerror(errno);
    throw std::runtime_error("http.listen: cannot bind " + http.host + ":" +
                             std::to_string(http.port) + ": " + reason);
  }

  HttpHandlers handlers;
  bool with_reload;
  httplib::Server server;
  int bound_port = -1;
  std::atomic<bool> ended{false};
  std::thread thread;
};

HttpServer::HttpServer(const config::HttpConfig& http, HttpHandlers handlers)
    : impl_(std::make_unique<Impl>(http, std::move(handlers))) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const { return impl_->bound_port; }

}  // namespace faultprint::daemon
