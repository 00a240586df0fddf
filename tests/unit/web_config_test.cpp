#include "config/web_config.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::config {
namespace web_config_test {

const std::string kHash = "$2y$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u";
const std::string kTls = "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n";

struct File {
  test::Folder folder;
  std::string path = folder.file("web.yml");
  explicit File(const std::string& text) { test::write_bytes(path, text); }
};

// Without the file's name.
std::string refusal(const std::string& text) {
  const File file(text);
  const std::string message = test::error_of([&] { load_web_config(file.path); });
  if (message.empty()) return "";
  REQUIRE(message.starts_with(file.path + ":"));
  return message.substr(file.path.size() + 1);
}

TEST_CASE("the exporters' format is read, paths seen from the file's folder") {
  const File file(kTls +
                  "  client_auth_type: RequireAndVerifyClientCert\n"
                  "  client_ca_file: /etc/ca.pem\n"
                  "  min_version: TLS13\n"
                  "http_server_config:\n"
                  "  http2: true\n"
                  "  headers: {X-Frame-Options: deny}\n"
                  "basic_auth_users:\n"
                  "  alice: " +
                  kHash + "\n");
  const WebConfig web = load_web_config(file.path);
  REQUIRE(web.tls);
  CHECK(web.tls->cert_file == file.folder.file("c.pem"));
  CHECK(web.tls->key_file == file.folder.file("k.pem"));
  CHECK(web.tls->client_auth == ClientAuth::require_and_verify);
  CHECK(web.tls->client_ca_file == "/etc/ca.pem");
  CHECK(web.tls->tls13_only);
  CHECK(web.headers.at(0) == std::pair<std::string, std::string>{"X-Frame-Options", "deny"});
  CHECK(web.users.at("alice") == kHash);
  CHECK(std::string(web.tls_error("key_file", "is gone").what()) ==
        file.path + ":3: tls_server_config.key_file: is gone");
}

TEST_CASE("each bad web configuration is refused with its line, key and reason") {
  struct Case {
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"",
       "1: configuration: is empty, at least tls_server_config or basic_auth_users is required"},
      {"# nothing\n",
       "1: configuration: is empty, at least tls_server_config or basic_auth_users is required"},
      {"basic_auth: {}\n",
       "1: basic_auth: unknown key, allowed are tls_server_config, http_server_config and "
       "basic_auth_users"},
      {"tls_server_config:\n  cert_file: c\n",
       "1: tls_server_config.key_file: is required: its private key, PEM"},
      {"tls_server_config:\n  key_file: c\n",
       "1: tls_server_config.cert_file: is required: the certificate, PEM"},
      {"tls_server_config:\n  cert_file: \"\"\n  key_file: k\n",
       "2: tls_server_config.cert_file: must name a file"},
      {kTls + "  min_version: TLS10\n",
       "4: tls_server_config.min_version: must be TLS12 or TLS13, not TLS10"},
      {kTls + "  client_auth_type: RequireAndVerifyClientCert\n",
       "1: tls_server_config.client_ca_file: is required where client_auth_type verifies"},
      {kTls + "  client_ca_file: ca.pem\n",
       "4: tls_server_config.client_ca_file: is of no use without a client_auth_type, as "
       "RequireAndVerifyClientCert"},
      {kTls + "  client_auth_type: Maybe\n",
       "4: tls_server_config.client_auth_type: must be NoClientCert, RequestClientCert, "
       "RequireAnyClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert, not Maybe"},
      {kTls + "  cipher_suites: [x]\n",
       "4: tls_server_config.cipher_suites: unknown key, allowed are cert_file, key_file, "
       "client_auth_type, client_ca_file and min_version"},
      {"http_server_config:\n  headers:\n    X-Other: a\n",
       "3: http_server_config.headers.X-Other: unknown key, allowed are Strict-Transport-Security, "
       "X-Frame-Options, X-Content-Type-Options, X-XSS-Protection and Content-Security-Policy"},
      {"http_server_config:\n  headers:\n    X-Frame-Options: \"a\\r\\nSet-Cookie: b\"\n",
       "3: http_server_config.headers.X-Frame-Options: must be one line of text"},
      {"http_server_config: {http2: maybe}\n",
       "1: http_server_config.http2: must be true or false, not maybe"},
      {"basic_auth_users:\n  alice: hunter2\n",
       "2: basic_auth_users.alice: must be a bcrypt hash, $2y$10$ and 53 more characters: htpasswd "
       "-nBC 10 \"\""},
      {"basic_auth_users:\n  alice: $2x" + kHash.substr(3) + "\n",
       "2: basic_auth_users.alice: must be a bcrypt hash, $2y$10$ and 53 more characters: htpasswd "
       "-nBC 10 \"\""},
      {"basic_auth_users:\n  alice: $2y$31$" + kHash.substr(7) + "\n",
       "2: basic_auth_users.alice: must be a bcrypt hash with a cost from 4 to 16, not 31"},
      {"basic_auth_users:\n  \"a:b\": " + kHash + "\n",
       "2: basic_auth_users.a:b: a user's name must not have a colon"},
      {"basic_auth_users:\n  alice: " + kHash + "\n  alice: " + kHash + "\n",
       "3: basic_auth_users.alice: is given twice, first in line 2"}};
  for (const Case& each : cases) CHECK(refusal(each.text) == each.message);
}

TEST_CASE("a web configuration that is not there is an error by name") {
  CHECK(test::error_of([] { load_web_config("/no/web.yml"); }) ==
        "/no/web.yml: cannot be read: No such file or directory");
}

}  // namespace web_config_test
}  // namespace faultprint::config
