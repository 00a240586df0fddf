// The daemon's one HTTP port: /metrics, /-/healthy, /-/ready, / as a status page, /api/v1/, and
// POST
// /-/reload where it is switched on. cpp-httplib, in one file, reads requests and writes answers;
// HttpListener moves their bytes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "daemon/api.h"
#include "daemon/http_limits.h"
#include "daemon/web_access.h"

namespace faultprint::daemon {

// What the status page shows: sections of name and value.
struct Status {
  bool ready = false;
  std::string not_ready_because;  // "" when ready
  std::vector<std::pair<std::string, std::string>> rows;
};

struct HttpHandlers {
  std::function<std::string()> metrics;
  std::function<Status()> status;
  // "" on success, else why not; empty = not offered (404). who: "alice@127.0.0.1".
  std::function<std::string(const std::string& who)> reload;
  // Of a GET under /api/; empty = not offered (404).
  std::function<ApiAnswer(const ApiRequest&)> api = {};
  std::function<void(std::size_t)> connections = {};  // how many there are now
  std::function<void(HttpDrop)> dropped = {};
};

class HttpServer {
 public:
  // Binds and serves from threads of its own; throws std::runtime_error naming host and port when
  // it cannot bind (also when another process serves there already). Who is asked for what: as
  // `access` says at each connection and request; null: everyone is served.
  HttpServer(const config::HttpConfig& http, HttpHandlers handlers,
             std::shared_ptr<const WebAccess> access = nullptr, HttpLimits limits = {});
  ~HttpServer();  // stops

  int port() const;  // the bound one

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::daemon
