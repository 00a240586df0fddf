#include "daemon/web_access.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "bcrypt_hashes.h"
#include "certificate.h"
#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace web_access_test {

using Followed = WebAccess::Followed;

const std::string kTls = "tls_server_config: {cert_file: c.pem, key_file: k.pem}\n";
const std::string kUsers = "basic_auth_users:\n  u: ";
const std::string kOne = test::kSecretHash;
const std::string kOther = test::kPublishedHash;

struct File {
  test::Folder folder;
  std::string path = folder.file("web.yml");
  explicit File(const std::string& text) { write(text); }
  void write(const std::string& text) const {
    test::write_bytes(path + ".new", text);
    std::filesystem::rename(path + ".new", path);
  }
};

TEST_CASE("without a file there are no rules, and none come") {
  WebAccess access("");
  std::string why;
  CHECK_FALSE(access.rules()->auth.asks());
  CHECK(access.rules()->tls == nullptr);
  CHECK(access.follow(why) == Followed::unchanged);
}

TEST_CASE("a file that changes is taken, once, and who asked before keeps what it had") {
  const File file(kUsers + kOne);
  WebAccess access(file.path);
  std::string why;
  CHECK(access.follow(why) == Followed::unchanged);
  const auto before = access.rules();
  file.write(kUsers + kOther);
  CHECK(access.follow(why) == Followed::taken);
  CHECK(access.follow(why) == Followed::unchanged);
  CHECK(before->config.users.at("u") == kOne);
  CHECK(access.rules()->config.users.at("u") == kOther);
}

TEST_CASE("a change that cannot be used, or takes protection away, is refused once") {
  const File file(kUsers + kOne);
  WebAccess access(file.path);
  std::string why;
  for (const char* bad : {"", "nonsense: 1", "http_server_config: {http2: true}"}) {
    file.write(bad);
    CHECK(access.follow(why) == Followed::refused);
    CHECK(why.starts_with(file.path));
    CHECK(access.follow(why) == Followed::unchanged);
    CHECK(access.rules()->config.users.at("u") == kOne);
  }
  std::filesystem::remove(file.path);
  CHECK(access.follow(why) == Followed::refused);
  file.write(kUsers + kOther);
  CHECK(access.follow(why) == Followed::taken);
}

TEST_CASE("what changes between reading and adopting the rules is seen at the next look") {
  const File file(kUsers + kOne);
  WebAccess access(file.path);
  auto read = read_web_rules(file.path);
  file.write(kUsers + kOther);
  access.adopt(std::move(read));
  std::string why;
  CHECK(access.follow(why) == Followed::taken);
  CHECK(access.rules()->config.users.at("u") == kOther);
}

TEST_CASE("a file written in place, as long as before and with its old time, has changed") {
  const File file(kUsers + kOne);
  WebAccess access(file.path);
  const auto time = std::filesystem::last_write_time(file.path);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a tick of the file system's clock
  test::write_bytes(file.path, kUsers + kOther);
  std::filesystem::last_write_time(file.path, time);
  std::string why;
  CHECK(access.follow(why) == Followed::taken);
}

TEST_CASE("a certificate and key renewed one after the other are taken once they fit") {
  const File file(kTls);
  const std::string cert = file.folder.file("c.pem");
  const std::string key = file.folder.file("k.pem");
  test::write_certificate(cert, key, "one");
  WebAccess access(file.path);
  const auto before = access.rules()->tls;
  std::string why;
  CHECK(access.follow(why) == Followed::unchanged);
  test::write_certificate(cert + ".new", key + ".new", "two");
  std::filesystem::rename(cert + ".new", cert);
  CHECK(access.follow(why) == Followed::refused);
  CHECK(why.find("tls_server_config.key_file: ") != std::string::npos);
  CHECK(access.rules()->tls == before);
  std::filesystem::rename(key + ".new", key);
  CHECK(access.follow(why) == Followed::taken);
  CHECK(access.rules()->tls != before);
}

TEST_CASE("files that a refused change names are looked at too") {
  const File file(kUsers + kOne);
  WebAccess access(file.path);
  file.write(kTls + kUsers + kOne);
  std::string why;
  CHECK(access.follow(why) == Followed::refused);
  CHECK(access.follow(why) == Followed::unchanged);
  test::write_certificate(file.folder.file("c.pem"), file.folder.file("k.pem"), "one");
  CHECK(access.follow(why) == Followed::taken);
  CHECK(access.rules()->tls != nullptr);
}

TEST_CASE("a certificate or key that cannot be used is an error with file, line and key") {
  const File file("tls_server_config:\n  cert_file: none.pem\n  key_file: k.pem\n");
  CHECK(test::error_of([&] { WebAccess access(file.path); }) ==
        file.path + ":2: tls_server_config.cert_file: " + file.folder.file("none.pem") +
            ": No such file or directory");
  test::write_bytes(file.folder.file("none.pem"), "no certificate");
  test::write_bytes(file.folder.file("k.pem"), "no key");
  CHECK(test::error_of([&] { WebAccess access(file.path); })
            .starts_with(file.path + ":2: tls_server_config.cert_file: " +
                         file.folder.file("none.pem") + ": "));
}

}  // namespace web_access_test
}  // namespace faultprint::daemon
