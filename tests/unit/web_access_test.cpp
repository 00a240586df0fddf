#include "daemon/web_access.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace web_access_test {

using Followed = WebAccess::Followed;

const std::string kUsers = "basic_auth_users:\n  u: ";
const std::string kOne = "$2y$04$5Yvvm8VpiT39ejTVPbzc4uSD7DF7tW9wELV0UpRwhm0cz339i8acG";
const std::string kOther = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

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
