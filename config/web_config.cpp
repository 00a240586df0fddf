#include "config/web_config.h"

#include <algorithm>

#include "config/reading.h"
#include "config/scalar.h"
#include "config/yaml_reader.h"

namespace faultprint::config {
namespace {

const std::vector<std::string> kClientAuthNames{"NoClientCert", "RequestClientCert",
                                                "RequireAnyClientCert", "VerifyClientCertIfGiven",
                                                "RequireAndVerifyClientCert"};
// Those that Prometheus' own programs let one set.
const std::vector<std::string> kHeaders{"Strict-Transport-Security", "X-Frame-Options",
                                        "X-Content-Type-Options", "X-XSS-Protection",
                                        "Content-Security-Policy"};
constexpr std::size_t kMaxUsers = 1000;
// 2^16 rounds are four seconds: more would let a wrong password take the processor away.
constexpr int kLeastCost = 4;
constexpr int kMostCost = 16;

bool is_bcrypt(const std::string& hash) {
  constexpr std::size_t kSize = 60;
  if (hash.size() != kSize || hash[0] != '$' || hash[1] != '2' || hash[3] != '$' || hash[6] != '$')
    return false;
  if (std::string("aby").find(hash[2]) == std::string::npos) return false;
  if (hash.substr(4, 2).find_first_not_of("0123456789") != std::string::npos) return false;
  return hash.find_first_not_of("./0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                7) == std::string::npos;
}

void read_users(const YamlNode& node, WebConfig& web) {
  for (const auto& [user, value] : node.entries()) {
    check_key(user, value);
    if (user.find(':') != std::string::npos) value.fail("a user's name must not have a colon");
    const std::string hash = value.any_scalar();
    // Not reject(): that shows the value, which may be a password.
    if (!is_bcrypt(hash))
      value.fail("must be a bcrypt hash, $2y$10$ and 53 more characters: htpasswd -nBC 10 \"\"");
    const int cost = std::stoi(hash.substr(4, 2));
    if (cost < kLeastCost || cost > kMostCost)
      value.fail("must be a bcrypt hash with a cost from " + std::to_string(kLeastCost) + " to " +
                 std::to_string(kMostCost) + ", not " + std::to_string(cost));
    if (web.users.size() == kMaxUsers)
      node.fail("at most " + std::to_string(kMaxUsers) + " users are allowed");
    web.users[user] = hash;
  }
}

std::string file_at(const YamlNode& node, const std::string& config_file) {
  const std::string path = node.text();
  if (path.empty()) node.fail("must name a file");
  return resolved(path, config_file);
}

TlsSettings read_tls(const YamlNode& node, WebConfig& web) {
  const YamlMap map(node,
                    {"cert_file", "key_file", "client_auth_type", "client_ca_file", "min_version"});
  for (const auto& [key, value] : node.entries()) web.key_lines[key] = value.line();
  TlsSettings tls;
  tls.cert_file = file_at(map.require("cert_file", "the certificate, PEM"), web.file);
  tls.key_file = file_at(map.require("key_file", "its private key, PEM"), web.file);
  if (auto value = map.find("client_auth_type"))
    tls.client_auth = static_cast<ClientAuth>(value->choice(kClientAuthNames));
  if (auto value = map.find("client_ca_file")) tls.client_ca_file = file_at(*value, web.file);
  if (auto value = map.find("min_version")) tls.tls13_only = value->choice({"TLS12", "TLS13"}) == 1;
  const bool verifies = tls.client_auth == ClientAuth::verify_if_given ||
                        tls.client_auth == ClientAuth::require_and_verify;
  if (verifies && tls.client_ca_file.empty())
    node.fail_at_key("client_ca_file", "is required where client_auth_type verifies");
  if (tls.client_auth == ClientAuth::none && !tls.client_ca_file.empty())
    map.find("client_ca_file")
        ->fail("is of no use without a client_auth_type, as RequireAndVerifyClientCert");
  return tls;
}

void read_http_settings(const YamlNode& node, WebConfig& web) {
  const YamlMap map(node, {"http2", "headers"});
  if (auto value = map.find("http2")) value->boolean();  // HTTP/1.1 is spoken either way
  auto headers = map.find("headers");
  if (!headers) return;
  for (const auto& [name, value] : headers->entries()) {
    if (std::find(kHeaders.begin(), kHeaders.end(), name) == kHeaders.end())
      value.fail("unknown key, allowed are " + joined(kHeaders, " and "));
    std::string text = value.any_scalar();
    if (text.find_first_of("\t\r\n") != std::string::npos) value.fail("must be one line of text");
    web.headers.emplace_back(name, std::move(text));
  }
}

}  // namespace

ConfigError WebConfig::tls_error(const std::string& key, const std::string& what) const {
  const auto found = key_lines.find(key);
  return ConfigError(file + ":" + std::to_string(found == key_lines.end() ? 1 : found->second) +
                     ": tls_server_config." + key + ": " + what);
}

WebConfig load_web_config(const std::string& path) {
  const std::string text = read_text(path);
  WebConfig web;
  web.file = path;
  // An empty file is refused: an editor that is about to write may have left it so for now.
  const YamlMap map(YamlNode::parse(text, path, "tls_server_config or basic_auth_users"),
                    {"tls_server_config", "http_server_config", "basic_auth_users"});
  if (auto node = map.find("tls_server_config")) web.tls = read_tls(*node, web);
  if (auto node = map.find("http_server_config")) read_http_settings(*node, web);
  if (auto node = map.find("basic_auth_users")) read_users(*node, web);
  return web;
}

}  // namespace faultprint::config
