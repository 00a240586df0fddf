#include "daemon/http_server.h"

#include <httplib.h>
#undef _res  // a macro of <resolv.h>, which httplib brings: Eigen has parameters of that name

#include <exception>
#include <functional>
#include <utility>

#include "daemon/http_listener.h"
#include "daemon/log.h"
#include "daemon/status_page.h"

namespace faultprint::daemon {
namespace {

constexpr int kThreads = 4;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";

// Bytes that are all there already, and an answer that is kept: httplib never waits.
class Exchange : public httplib::Stream {
 public:
  Exchange(std::string request, Peer peer) : request_(std::move(request)), peer_(std::move(peer)) {}

  // httplib's versions ask for one or another of these.
  bool is_readable() const { return true; }
  bool is_writable() const { return true; }
  bool wait_readable() const { return true; }
  bool wait_writable() const { return true; }
  time_t duration() const { return 0; }
  ssize_t read(char* buffer, std::size_t size) override {
    const std::size_t moved = request_.copy(buffer, size, at_);
    at_ += moved;
    return static_cast<ssize_t>(moved);
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    answer_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = peer_.host;
    port = peer_.port;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  // httplib refuses large ones, which its select() could not take.
  socket_t socket() const override { return 0; }

  const Peer& peer() const { return peer_; }
  std::string take_answer() { return std::move(answer_); }

 private:
  std::string request_;
  Peer peer_;
  std::size_t at_ = 0;
  std::string answer_;
};

// httplib's server without its sockets and threads.
class Parser : public httplib::Server {
 public:
  // One request a connection. Debian 13's httplib wants the addresses besides.
  template <typename Self>
  static void serve(Self& self, Exchange& exchange) {
    bool closed = false;
    const std::function<void(httplib::Request&)> none;
    if constexpr (requires { self.process_request(exchange, true, closed, none); }) {
      self.process_request(exchange, true, closed, none);
    } else {
      self.process_request(exchange, exchange.peer().host, exchange.peer().port, "", 0, true,
                           closed, none);
    }
  }
};

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
  Impl(const config::HttpConfig& http, HttpHandlers given, std::shared_ptr<const WebAccess> who,
       const HttpLimits& limits)
      : handlers(std::move(given)),
        access(std::move(who)),
        with_reload(http.reload && handlers.reload),
        listener(http, limits, calls()),
        pool(new httplib::ThreadPool(kThreads)) {
    parser.set_payload_max_length(limits.body_bytes);
    parser.set_default_headers(
        {{"Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
          "frame-ancestors 'none'"},
         {"X-Content-Type-Options", "nosniff"},
         {"Referrer-Policy", "no-referrer"},
         {"Cache-Control", "no-store"}});
    route();
    listener.start();
  }

  ~Impl() { listener.stop(); }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  HttpListener::Calls calls() {
    return {.request =
                [this](std::string request, const Peer& peer, HttpListener::Done done) {
                  auto exchange = std::make_shared<Exchange>(std::move(request), peer);
                  pool->enqueue([this, exchange, done = std::move(done)] {
                    Parser::serve(parser, *exchange);
                    done(exchange->take_answer());
                  });
                },
            .tls = [this] { return access ? access->rules()->tls : nullptr; },
            .connections = handlers.connections,
            .dropped = handlers.dropped};
  }

  void route() {
    using httplib::Request;
    using httplib::Response;
    parser.set_pre_routing_handler([this](const Request& request, Response& response) {
      ignore_ranges(request);
      if (!admits(request, response)) return httplib::Server::HandlerResponse::Handled;
      return answer_api_path(request, response);
    });
    parser.Get("/", [this](const Request&, Response& response) {
      response.set_content(status_page(handlers.status()), kHtml);
    });
    parser.Get("/metrics", [this](const Request&, Response& response) {
      response.set_content(handlers.metrics(), kExposition);
    });
    parser.Get("/-/healthy", [](const Request&, Response& response) {
      response.set_content("faultprint is healthy.\n", kText);
    });
    parser.Get("/-/ready", [this](const Request&, Response& response) { answer_ready(response); });
    if (with_reload) {
      parser.Post("/-/reload", [this](const Request& request, Response& response) {
        answer_reload(request, response);
      });
    }
    parser.set_error_handler(
        [this](const Request& request, Response& response) { answer_error(request, response); });
    parser.set_exception_handler(
        [](const Request&, Response& response, const std::exception_ptr& failure) {
          answer_failure(response, failure);
        });
  }

  // Nothing is told before it is known who asks, not even which paths there are.
  bool admits(const httplib::Request& request, httplib::Response& response) const {
    const auto rules = access ? access->rules() : nullptr;
    if (!rules) return true;
    add_headers(response, *rules);
    switch (rules->auth.check(request.get_header_value("Authorization"))) {
      case BasicAuth::Answer::allowed:
        return true;
      case BasicAuth::Answer::refused:
        response.status = 401;
        response.set_header("WWW-Authenticate", "Basic realm=\"faultprint\", charset=\"UTF-8\"");
        response.set_content("unauthorized\n", kText);
        return false;
      case BasicAuth::Answer::busy:
        response.status = 503;
        response.set_header("Retry-After", "1");
        response.set_content("busy\n", kText);
        return false;
    }
    return false;
  }

  static void add_headers(httplib::Response& response, const WebRules& rules) {
    for (const auto& [name, value] : rules.config.headers) {
      response.headers.erase(name);  // this server's own
      response.set_header(name, value);
    }
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

  // A name that nobody asked for proves nothing.
  std::string user_of(const httplib::Request& request) const {
    const bool asked = access && access->rules()->auth.asks();
    const auto given = credentials_of(request.get_header_value("Authorization"));
    return asked && given ? given->user : "anyone";
  }

  void answer_reload(const httplib::Request& request, httplib::Response& response) const {
    if (request.has_header("Origin")) {  // a web page's script, not an operator's tool
      response.status = 403;
      response.set_content("reload is not for web pages\n", kText);
      return;
    }
    const std::string failure = handlers.reload(user_of(request) + "@" + request.remote_addr);
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

  HttpHandlers handlers;
  std::shared_ptr<const WebAccess> access;
  bool with_reload;
  Parser parser;
  HttpListener listener;
  // Its threads are joined before it goes, also where the listener's cannot be started.
  struct Joined {
    void operator()(httplib::ThreadPool* threads) const {
      threads->shutdown();  // its last answers go nowhere
      delete threads;
    }
  };
  std::unique_ptr<httplib::ThreadPool, Joined> pool;
};

HttpServer::HttpServer(const config::HttpConfig& http, HttpHandlers handlers,
                       std::shared_ptr<const WebAccess> access, HttpLimits limits)
    : impl_(std::make_unique<Impl>(http, std::move(handlers), std::move(access), limits)) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const { return impl_->listener.port(); }

}  // namespace faultprint::daemon
