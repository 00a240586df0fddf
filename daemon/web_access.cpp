#include "daemon/web_access.h"

#include <sys/stat.h>

#include <algorithm>

namespace faultprint::daemon {
namespace {

// What a renewal changes: mv and atomic writers the inode, editors size and times; the time of the
// last change of status (ctime) nobody can set back, as `cp -p` and `install -p` do the other one.
std::string stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "";
  const auto time = [](const timespec& t) {
    return std::to_string(t.tv_sec) + "." + std::to_string(t.tv_nsec);
  };
  return std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
         time(status.st_mtim) + " " + time(status.st_ctim);
}

// Notes each file before it is read, and so those of an attempt that fails, too.
void read_into(WebRules& rules, const std::string& file) {
  if (file.empty()) return;
  rules.read.note(file);
  rules.config = config::load_web_config(file);
  if (const auto& tls = rules.config.tls) {
    for (const std::string& path : {tls->cert_file, tls->key_file, tls->client_ca_file})
      if (!path.empty()) rules.read.note(path);
    rules.tls = std::make_shared<TlsContext>(rules.config);
  }
  rules.auth = BasicAuth(rules.config.users);
}

}  // namespace

void FileStamps::note(const std::string& path) { stamps_[path] = stamp_of(path); }

bool FileStamps::changed() const {
  return std::any_of(stamps_.begin(), stamps_.end(),
                     [](const auto& entry) { return entry.second != stamp_of(entry.first); });
}

std::shared_ptr<const WebRules> read_web_rules(const std::string& file) {
  auto rules = std::make_shared<WebRules>();
  read_into(*rules, file);
  return rules;
}

WebAccess::WebAccess(const std::string& file) { adopt(read_web_rules(file)); }

std::shared_ptr<const WebRules> WebAccess::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

void WebAccess::adopt(std::shared_ptr<const WebRules> rules) {
  const std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
  seen_ = rules_->read;
}

WebAccess::Followed WebAccess::follow(std::string& why) {
  const std::lock_guard lock(mutex_);
  if (!seen_.changed()) return Followed::unchanged;
  auto next = std::make_shared<WebRules>();
  try {
    read_into(*next, rules_->config.file);
    if ((rules_->tls && !next->tls) || (rules_->auth.asks() && !next->auth.asks()))
      throw config::ConfigError(rules_->config.file +
                                ": takes TLS or users away: that needs a reload");
    seen_ = next->read;
    rules_ = std::move(next);
    return Followed::taken;
  } catch (const std::exception& e) {
    seen_ = next->read;
    why = e.what();
    return Followed::refused;
  }
}

}  // namespace faultprint::daemon
