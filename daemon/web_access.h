// What the file of http.web_config_file asks of who connects to the HTTP port, as it stands now:
// the file, its certificate and its users may change while the daemon runs.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/web_config.h"
#include "daemon/basic_auth.h"
#include "daemon/tls.h"

namespace faultprint::daemon {

struct WebRules {
  config::WebConfig config;
  std::shared_ptr<const TlsContext> tls;  // null: plain HTTP
  BasicAuth auth{BasicAuth::Users{}};
};

// Reads the file and what it names. Of "": no rules. config::ConfigError.
std::shared_ptr<const WebRules> read_web_rules(const std::string& file);

// Thread-safe.
class WebAccess {
 public:
  explicit WebAccess(const std::string& file);  // as read_web_rules() does

  std::shared_ptr<const WebRules> rules() const;
  // Read elsewhere, and wanted from now on.
  void adopt(std::shared_ptr<const WebRules> rules);

  enum class Followed { unchanged, taken, refused };
  // Takes what has changed in the files since, so that a renewed certificate needs no reload.
  // refused: it cannot be used, or would ask for less than before, which an editor's half-written
  // file may: the old rules stay, and `why` says so. Each change is judged once.
  Followed follow(std::string& why);

 private:
  std::string stamp(const WebRules& rules) const;

  mutable std::mutex mutex_;
  std::shared_ptr<const WebRules> rules_;
  std::string seen_;  // the files' stamps
};

}  // namespace faultprint::daemon
