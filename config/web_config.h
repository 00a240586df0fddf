// What `http.web_config_file` names: TLS, users and headers of the HTTP port, in the format that
// Prometheus and its exporters share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"

namespace faultprint::config {

// As Go's tls.ClientAuthType has them, and so the format.
enum class ClientAuth { none, request, require_any, verify_if_given, require_and_verify };

struct TlsSettings {
  std::string cert_file;  // PEM, the chain's own certificate first
  std::string key_file;   // PEM
  ClientAuth client_auth = ClientAuth::none;
  std::string client_ca_file;  // PEM; whose clients are believed
  bool tls13_only = false;     // min_version: TLS13; else TLS12
};

struct WebConfig {
  std::string file;                                          // as given
  std::optional<TlsSettings> tls;                            // none: plain HTTP
  std::vector<std::pair<std::string, std::string>> headers;  // of every answer
  std::map<std::string, std::string> users;  // name -> bcrypt hash; empty: no one is asked
  std::map<std::string, int> key_lines;      // of tls_server_config, for later errors

  // "file:line: tls_server_config.key: what"
  ConfigError tls_error(const std::string& key, const std::string& what) const;
};

// Strict, as load() is. Relative paths are seen from the file's folder. Hashes are never in an
// error's text.
WebConfig load_web_config(const std::string& path);

}  // namespace faultprint::config
