#include "daemon/audit.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace audit_test {

const AuditEntry kEntry{.action = "enroll",
                        .object = "m2.safetensors",
                        .before = "0123456789abcdef",
                        .after = "fedcba9876543210",
                        .failure = "",
                        .details = {{"fault_types", "fibre \"cut\"\n"}}};

TEST_CASE("an audit line says who, when, what, and the fingerprints before and after") {
  const std::string line = audit_line(1500000000000000, {"root", 0, "alice", "alice"}, kEntry);
  CHECK(line == R"({"time":"2017-07-14T02:40:00Z","action":"enroll","user":"root","uid":0,)"
                R"("sudo_user":"alice","login_user":"alice","object":"m2.safetensors",)"
                R"("before":"0123456789abcdef","after":"fedcba9876543210",)"
                R"("fault_types":"fibre \"cut\"\n","result":"done"})");
}

TEST_CASE("an audit line of what failed says why, and leaves out what is not known") {
  AuditEntry entry = kEntry;
  entry.failure = "no such file";
  const auto json = nlohmann::json::parse(audit_line(0, remote_user("bob@10.0.0.1"), entry));
  CHECK(json["user"] == "bob@10.0.0.1");
  CHECK(json["result"] == "failed");
  CHECK(json["reason"] == "no such file");
  CHECK_FALSE(json.contains("uid"));
  CHECK_FALSE(json.contains("sudo_user"));
}

TEST_CASE("who ran a command is known by number, by name, and by whom sudo was called") {
  setenv("SUDO_USER", "alice", 1);
  const Actor actor = this_user();
  unsetenv("SUDO_USER");
  CHECK(actor.uid == static_cast<long>(getuid()));
  CHECK_FALSE(actor.user.empty());
  CHECK(actor.sudo_user == "alice");
  CHECK(user_with(4000000000).user == "4000000000");
  CHECK(sender_with(getuid()).user == user_with(getuid()).user);
  setenv("INVOCATION_ID", "0", 1);  // a service of systemd's
  CHECK(sender_with(getuid()).user == "systemd");
  CHECK(sender_with(4000000000).user == "4000000000");
  unsetenv("INVOCATION_ID");
}

TEST_CASE("audit lines are appended, for the owner and the group alone") {
  const test::Folder folder;
  const std::string file = audit_file_of(folder.file("model"));
  audit(this_user(), kEntry, file);
  audit(this_user(), kEntry, file);
  const std::string text = test::read_bytes(file);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.ends_with("\"result\":\"done\"}\n"));
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0007) == 0);
}

TEST_CASE("an audit file that cannot be written, or is a link, is an error that names it") {
  const test::Folder folder;
  const std::string nowhere = folder.file("no/audit");
  CHECK(test::error_of([&] {
          audit(this_user(), kEntry, nowhere);
        }).starts_with(nowhere + ": cannot be written: No such file"));
  std::filesystem::create_symlink(folder.file("target"), folder.file("link"));
  CHECK_FALSE(test::error_of([&] { audit(this_user(), kEntry, folder.file("link")); }).empty());
  CHECK_FALSE(std::filesystem::exists(folder.file("target")));
}

TEST_CASE("a line that a killed process left half written does not swallow the next one") {
  const test::Folder folder;
  test::write_bytes(folder.file("a"), "{\"time\":");
  audit(this_user(), kEntry, folder.file("a"));
  const std::string text = test::read_bytes(folder.file("a"));
  CHECK(text.starts_with("{\"time\":\n{\"time\":\"2"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
}

}  // namespace audit_test
}  // namespace faultprint::daemon
