// The daemon's one HTTP port (cpp-httplib, in one file): /metrics, /-/healthy, /-/ready, / as a
// status page, /api/v1/, and POST /-/reload where it is switched on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "daemon/api.h"

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
  std::function<std::string()> reload;  // "" on success, else why not; empty = not offered (404)
  // Of a GET under /api/; empty = not offered (404).
  std::function<ApiAnswer(const ApiRequest&)> api = {};
};

class HttpServer {
 public:
  // Binds and serves from threads of its own; throws std::runtime_error naming host and port when
  // it cannot bind (also when another process serves there already).
  HttpServer(const config::HttpConfig& http, HttpHandlers handlers);
  ~HttpServer();  // stops

  int port() const;  // the bound one

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::daemon
