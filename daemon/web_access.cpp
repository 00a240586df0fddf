#include "daemon/web_access.h"

#include <sys/stat.h>

namespace faultprint::daemon {
namespace {

std::string stamp_of(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return path + " -\n";
  return path + " " + std::to_string(status.st_ino) + " " + std::to_string(status.st_size) + " " +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) +
         "\n";
}

}  // namespace

std::shared_ptr<const WebRules> read_web_rules(const std::string& file) {
  auto rules = std::make_shared<WebRules>();
  if (file.empty()) return rules;
  rules->config = config::load_web_config(file);
  if (rules->config.tls) rules->tls = std::make_shared<TlsContext>(rules->config);
  rules->auth = BasicAuth(rules->config.users);
  return rules;
}

WebAccess::WebAccess(const std::string& file)
    : rules_(read_web_rules(file)), seen_(stamp(*rules_)) {}

std::shared_ptr<const WebRules> WebAccess::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

void WebAccess::adopt(std::shared_ptr<const WebRules> rules) {
  const std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
  seen_ = stamp(*rules_);
}

std::string WebAccess::stamp(const WebRules& rules) const {
  std::string all = stamp_of(rules.config.file);
  if (!rules.config.tls) return all;
  const config::TlsSettings& tls = *rules.config.tls;
  for (const std::string& file : {tls.cert_file, tls.key_file, tls.client_ca_file})
    all += stamp_of(file);
  return all;
}

WebAccess::Followed WebAccess::follow(std::string& why) {
  const std::lock_guard lock(mutex_);
  if (rules_->config.file.empty()) return Followed::unchanged;
  std::string now = stamp(*rules_);
  if (now == seen_) return Followed::unchanged;
  seen_ = std::move(now);  // before the files are read: what changes meanwhile is seen next time
  try {
    auto next = read_web_rules(rules_->config.file);
    if ((rules_->tls && !next->tls) || (rules_->auth.asks() && !next->auth.asks()))
      throw config::ConfigError(rules_->config.file +
                                ": takes TLS or users away: that needs a reload");
    rules_ = std::move(next);
    seen_ = stamp(*rules_);
    return Followed::taken;
  } catch (const std::exception& e) {
    why = e.what();
    return Followed::refused;
  }
}

}  // namespace faultprint::daemon
