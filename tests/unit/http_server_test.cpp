#include "daemon/http_server.h"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "daemon/status_page.h"
#include "http_client.h"

namespace faultprint::daemon {
namespace http_server_test {

using Answer = test::HttpAnswer;
using Connection = test::HttpClient;

Answer raw(int port, const std::string& request) { return test::http_send(port, request); }
Answer ask(int port, const std::string& method, const std::string& path,
           const std::string& headers = "") {
  return test::http_ask(port, method, path, headers);
}

struct Daemon {
  Status state{true, "", {{"Model", "dense"}}};
  std::string reload_failure;
  int reloads = 0;
  std::string asked_by;

  HttpHandlers handlers() {
    return {.metrics = [] { return std::string("faultprint_ready 1\n"); },
            .status = [this] { return state; },
            .reload =
                [this](const std::string& who) {
                  asked_by = who;
                  return ++reloads, reload_failure;
                }};
  }
};

config::HttpConfig any_port(bool reload = false) {
  return {.host = "127.0.0.1", .port = 0, .reload = reload, .web_config_file = ""};
}

TEST_CASE("a living daemon is healthy, ready or not") {
  Daemon daemon;
  daemon.state.ready = false;
  const HttpServer server(any_port(), daemon.handlers());
  CHECK(server.port() > 0);
  const Answer answer = ask(server.port(), "GET", "/-/healthy");
  CHECK(answer.status == 200);
  CHECK(answer.body == "faultprint is healthy.\n");
}

TEST_CASE("readiness says why not") {
  Daemon daemon;
  const HttpServer server(any_port(), daemon.handlers());
  CHECK(ask(server.port(), "GET", "/-/ready").status == 200);
  daemon.state = {false, "no broker answers", {}};
  const Answer answer = ask(server.port(), "GET", "/-/ready");
  CHECK(answer.status == 503);
  CHECK(answer.body == "faultprint is not ready: no broker answers\n");
}

TEST_CASE("metrics come in the text exposition format") {
  Daemon daemon;
  const HttpServer server(any_port(), daemon.handlers());
  const Answer answer = ask(server.port(), "GET", "/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  CHECK(answer.body == "faultprint_ready 1\n");
}

TEST_CASE("HEAD answers as GET does, without the body") {
  Daemon daemon;
  const HttpServer server(any_port(), daemon.handlers());
  const Answer answer = ask(server.port(), "HEAD", "/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.has("Content-Length: 19"));
  CHECK(answer.body.empty());
}

TEST_CASE("unknown paths are not found, known ones take no other method") {
  Daemon daemon;
  const HttpServer server(any_port(), daemon.handlers());
  for (const char* path : {"/nothing", "/metrics/", "/-/healthyx", "/-/reload", "/../etc/passwd"}) {
    CAPTURE(path);
    CHECK(ask(server.port(), "GET", path).status == 404);
  }
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    CAPTURE(method);
    const Answer answer = ask(server.port(), method, "/metrics", "Content-Length: 0\r\n");
    CHECK(answer.status == 405);
    CHECK(answer.has("Allow: GET, HEAD"));
  }
  CHECK(ask(server.port(), "GET", "/nothing").body == "not found\n");
}

TEST_CASE("every answer forbids scripts, framing and sniffing") {
  Daemon daemon;
  const HttpServer server(any_port(), daemon.handlers());
  for (const char* path : {"/", "/metrics", "/nothing"}) {
    const Answer answer = ask(server.port(), "GET", path);
    CHECK(answer.has("X-Content-Type-Options: nosniff"));
    CHECK(answer.head.find("default-src 'none'; style-src 'unsafe-inline'") != std::string::npos);
  }
}

TEST_CASE("reload exists only where it is switched on, and only as POST") {
  Daemon daemon;
  const HttpServer off(any_port(), daemon.handlers());
  CHECK(ask(off.port(), "POST", "/-/reload", "Content-Length: 0\r\n").status == 404);
  const HttpServer on(any_port(true), daemon.handlers());
  CHECK(ask(on.port(), "GET", "/-/reload").has("Allow: POST"));
  CHECK(daemon.reloads == 0);
  CHECK(ask(on.port(), "POST", "/-/reload", "Content-Length: 0\r\n").status == 200);
  CHECK(daemon.reloads == 1);
  CHECK(daemon.asked_by == "anyone@127.0.0.1");
  ask(on.port(), "POST", "/-/reload",  // "alice:x", which nobody checks
      "Content-Length: 0\r\nAuthorization: Basic YWxpY2U6eA==\r\n");
  CHECK(daemon.asked_by == "anyone@127.0.0.1");
}

TEST_CASE("a failed reload says why") {
  Daemon daemon;
  daemon.reload_failure = "faultprint.yaml:3: kafka.topic: unknown key";
  const HttpServer server(any_port(true), daemon.handlers());
  const Answer answer = ask(server.port(), "POST", "/-/reload", "Content-Length: 0\r\n");
  CHECK(answer.status == 500);
  CHECK(answer.body == "reload failed: faultprint.yaml:3: kafka.topic: unknown key\n");
}

TEST_CASE("a web page elsewhere cannot make a browser reload the daemon") {
  Daemon daemon;
  const HttpServer server(any_port(true), daemon.handlers());
  const Answer answer = ask(server.port(), "POST", "/-/reload",
                            "Content-Length: 0\r\nOrigin: http://evil.example\r\n");
  CHECK(answer.status == 403);
  CHECK(daemon.reloads == 0);
}

TEST_CASE("a large body is refused") {
  Daemon daemon;
  const HttpServer server(any_port(true), daemon.handlers());
  const std::string body(5000, 'x');
  const Answer answer = raw(server.port(),
                            "POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 5000"
                            "\r\n\r\n" +
                                body);
  CHECK((answer.status == 413 || answer.status == 0));  // 0: the connection was cut
  CHECK(daemon.reloads == 0);
}

TEST_CASE("a request hidden in another's body is not served") {
  Daemon daemon;
  const HttpServer server(any_port(true), daemon.handlers());
  const std::string hidden = "POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
  raw(server.port(), "GET /-/healthy HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                         std::to_string(hidden.size()) + "\r\n\r\n" + hidden);
  CHECK(daemon.reloads == 0);
}

TEST_CASE("ranges cannot multiply a page") {
  Daemon daemon;
  const HttpServer server(any_port(), daemon.handlers());
  std::string ranges = "Range: bytes=0-";
  for (int i = 0; i < 500; ++i) ranges += ",0-";
  const Answer answer = ask(server.port(), "GET", "/metrics", ranges + "\r\n");
  CHECK(answer.body.size() < 100);
}

TEST_CASE("nonsense and a handler that throws leave the server serving") {
  Daemon daemon;
  HttpHandlers handlers = daemon.handlers();
  handlers.metrics = []() -> std::string { throw std::runtime_error("broken"); };
  const HttpServer server(any_port(), handlers);
  raw(server.port(), std::string("\0\xFF nonsense\r\n\r\n", 15));
  raw(server.port(), "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n");
  const Answer answer = ask(server.port(), "GET", "/metrics");
  CHECK(answer.status == 500);
  CHECK(answer.body == "internal error\n");
  CHECK(answer.head.find("broken") == std::string::npos);
  CHECK(ask(server.port(), "GET", "/-/healthy").status == 200);
}

TEST_CASE("idle connections do not keep the server from answering or stopping") {
  Daemon daemon;
  const auto start = std::chrono::steady_clock::now();
  {
    const HttpServer server(any_port(), daemon.handlers());
    const Connection a(server.port()), b(server.port()), c(server.port()), d(server.port());
    CHECK(ask(server.port(), "GET", "/-/healthy").status == 200);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a port in use is an error that names it") {
  Daemon daemon;
  const HttpServer first(any_port(), daemon.handlers());
  config::HttpConfig same = any_port();
  same.port = first.port();
  const std::string message = "http.listen: cannot bind 127.0.0.1:" + std::to_string(same.port) +
                              ": Address already in use";
  CHECK_THROWS_WITH_AS(HttpServer(same, daemon.handlers()), message.c_str(), std::runtime_error);
  same.host = "no.such.host.invalid";
  CHECK_THROWS_AS(HttpServer(same, daemon.handlers()), std::runtime_error);
}

TEST_CASE("a port is free again at once") {
  Daemon daemon;
  config::HttpConfig http = any_port();
  {
    const HttpServer server(http, daemon.handlers());
    http.port = server.port();
    CHECK(ask(http.port, "GET", "/-/healthy").status == 200);
  }
  const HttpServer again(http, daemon.handlers());
  CHECK(again.port() == http.port);
}

TEST_CASE("the status page escapes everything and needs nothing from elsewhere") {
  const Status status{false, "<b>no broker</b>", {{"a&b", "\"x\" 'y' <script>alert(1)</script>"}}};
  const std::string page = status_page(status);
  CHECK(page.find("Not ready: &lt;b&gt;no broker&lt;/b&gt;") != std::string::npos);
  CHECK(page.find("a&amp;b") != std::string::npos);
  CHECK(page.find("&quot;x&quot; &#39;y&#39; &lt;script&gt;") != std::string::npos);
  for (const char* not_there : {"<script", "http://", "https://", "src="}) {
    CHECK(page.find(not_there) == std::string::npos);
  }
  CHECK(page.find("<a href=\"/metrics\">") != std::string::npos);
}

}  // namespace http_server_test
}  // namespace faultprint::daemon
