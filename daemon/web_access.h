// What the file of http.web_config_file asks of who connects to the HTTP port, as it stands now:
// the file, its certificate and its users may change while the daemon runs.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/web_config.h"
#include "daemon/basic_auth.h"
#include "daemon/tls.h"

namespace faultprint::daemon {

// How files stood before they were read, so that what changes while they are is seen next time.
class FileStamps {
 public:
  void note(const std::string& path);
  bool changed() const;  // any of them, since

 private:
  std::map<std::string, std::string> stamps_;  // by path
};

struct WebRules {
  config::WebConfig config;
  FileStamps read;                        // the configuration, certificate, key and authority
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
  mutable std::mutex mutex_;
  std::shared_ptr<const WebRules> rules_;
  FileStamps seen_;  // of the newest attempt, which may have been refused
};

}  // namespace faultprint::daemon
