#include "daemon/log.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace faultprint::daemon {
namespace log_test {

using log::Level;

std::string logfmt(std::string_view message, log::Fields fields = {}) {
  return log::format("", Level::info, message, fields, false);
}

nlohmann::json json(std::string_view message, log::Fields fields = {}) {
  return nlohmann::json::parse(log::format("", Level::info, message, fields, true));
}

// Standard error goes to a file for as long as this lives.
class CapturedStderr {
 public:
  CapturedStderr() : saved_(dup(STDERR_FILENO)), file_(std::tmpfile()) {
    REQUIRE(dup2(fileno(file_), STDERR_FILENO) == STDERR_FILENO);
  }
  ~CapturedStderr() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    (void)std::fclose(file_);
    unsetenv("JOURNAL_STREAM");
    log::configure({});
  }

  void call_it_the_journal() const {
    struct stat status {};
    REQUIRE(fstat(fileno(file_), &status) == 0);
    const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    setenv("JOURNAL_STREAM", stream.c_str(), 1);
  }

  std::string text() const {
    std::array<char, 4096> buffer{};
    const auto length = pread(fileno(file_), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(length)};
  }

 private:
  int saved_;
  std::FILE* file_;
};

TEST_CASE("a logfmt line quotes only what needs it") {
  CHECK(logfmt("ready") == "level=info msg=ready");
  CHECK(logfmt("model loaded", {{"file", "a.st"}}) == R"(level=info msg="model loaded" file=a.st)");
  CHECK(logfmt("m", {{"path", "C:\\a"}}) == R"(level=info msg=m path="C:\\a")");
  CHECK(logfmt("m", {{"empty", ""}, {"pair", "a=b"}}) == R"(level=info msg=m empty="" pair="a=b")");
}

TEST_CASE("every level has its name") {
  CHECK(log::format("", Level::debug, "m", {}, false) == "level=debug msg=m");
  CHECK(log::format("", Level::warning, "m", {}, false) == "level=warning msg=m");
  CHECK(log::format("", Level::error, "m", {}, true) == R"({"level":"error","msg":"m"})");
}

TEST_CASE("the time comes first, where there is one") {
  const char* time = "2026-02-03T04:05:06.789Z";
  CHECK(log::format(time, Level::info, "m", {}, false) ==
        "time=2026-02-03T04:05:06.789Z level=info msg=m");
  CHECK(log::format(time, Level::info, "m", {}, true) ==
        R"({"time":"2026-02-03T04:05:06.789Z","level":"info","msg":"m"})");
}

TEST_CASE("numbers and booleans stay unquoted") {
  CHECK(logfmt("m", {{"n", 3}, {"x", 0.5}, {"ok", true}}) == "level=info msg=m n=3 x=0.5 ok=true");
  const auto line = json("m", {{"n", std::int64_t{-3}}, {"x", 1e-9}, {"ok", false}});
  CHECK(line["n"] == -3);
  CHECK(line["x"] == 1e-9);
  CHECK(line["ok"] == false);
}

TEST_CASE("numbers that JSON does not know are quoted") {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto line = json(
      "m", {{"a", std::numeric_limits<double>::quiet_NaN()}, {"b", infinity}, {"c", -infinity}});
  CHECK(line["a"] == "nan");
  CHECK(line["b"] == "inf");
  CHECK(line["c"] == "-inf");
}

TEST_CASE("text that looks like a number stays text") {
  CHECK(json("m", {{"id", "42"}})["id"] == "42");
}

TEST_CASE("nothing in a message or a field can start a line or hide in one") {
  std::string nasty = "a\nlevel=error msg=\"forged\"\r\t\x1b[31m\x7f";
  nasty += '\0';
  const std::string c1 =
      "\xC2\x9B"
      "31m";
  for (bool as_json : {false, true}) {
    const std::string line =
        log::format("", Level::info, nasty, {{"element", nasty}, {"c1", c1}}, as_json);
    for (char c : line) {
      CHECK(static_cast<unsigned char>(c) >= 0x20);
      CHECK(c != 0x7F);
    }
    CHECK(line.find("\xC2\x9B") == std::string::npos);
    CHECK(line.find("\\u009b31m") != std::string::npos);
  }
  CHECK(json(nasty)["msg"] == nasty);
  CHECK(logfmt("a\nb", {{"k", "say \"x\""}}) == R"(level=info msg="a\nb" k="say \"x\"")");
}

TEST_CASE("invalid UTF-8 is replaced, valid UTF-8 kept") {
  CHECK(logfmt("m", {{"e", "caf\xC3\xA9"}}) == "level=info msg=m e=\"caf\xC3\xA9\"");
  CHECK(logfmt("m", {{"e", "a\xFF"}}) == "level=info msg=m e=\"a\xEF\xBF\xBD\"");
  CHECK(json("\xFF\xC3")["msg"] == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a key with blanks or quotes cannot break the line") {
  CHECK(logfmt("m", {{"a b=\"", 1}}) == "level=info msg=m a_b__=1");
  CHECK(json("m", {{"a \"b", 1}})["a \"b"] == 1);
}

TEST_CASE("a line on standard error carries its time in UTC") {
  const CapturedStderr captured;
  log::info("ready", {{"port", 10480}});
  std::string shape = captured.text();
  for (char& c : shape) {
    if (c >= '0' && c <= '9') c = '0';
  }
  CHECK(shape == "time=0000-00-00T00:00:00.000Z level=info msg=ready port=00000\n");
}

TEST_CASE("under the journal a line carries its priority and no time") {
  const CapturedStderr captured;
  captured.call_it_the_journal();
  log::configure({.level = "debug"});
  log::debug("a");
  log::info("b");
  log::warning("c");
  log::error("d");
  CHECK(
      captured.text() ==
      "<7>level=debug msg=a\n<6>level=info msg=b\n<4>level=warning msg=c\n<3>level=error msg=d\n");
}

TEST_CASE("level and format follow the configuration, also at a reload") {
  const CapturedStderr captured;
  captured.call_it_the_journal();
  log::debug("below info");
  log::configure({.level = "error", .format = "json"});
  log::warning("below error");
  log::error("broken {}", {{"code", 3}});
  log::configure({.level = "warning", .format = "logfmt"});
  log::info("below warning");
  log::warning("late");
  CHECK(captured.text() ==
        "<3>{\"level\":\"error\",\"msg\":\"broken {}\",\"code\":3}\n<4>level=warning msg=late\n");
}

}  // namespace log_test
}  // namespace faultprint::daemon
