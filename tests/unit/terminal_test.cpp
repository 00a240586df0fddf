#include "daemon/terminal.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <stdexcept>

#include "daemon/evaluation_run.h"
#include "file_bytes.h"
#include "stream_helpers.h"

namespace faultprint::daemon {
namespace terminal_test {

// What an action says on standard error, which is no terminal then.
std::string said(const std::function<void()>& action) {
  const test::Folder folder;
  const std::string path = folder.file("stderr");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  const int before = dup(STDERR_FILENO);
  REQUIRE(dup2(file, STDERR_FILENO) == STDERR_FILENO);
  action();
  dup2(before, STDERR_FILENO);
  close(before);
  close(file);
  return test::read_bytes(path);
}

TEST_CASE("control characters of a name are shown, not sent to the terminal") {
  CHECK(escaped("cell-0 \xC3\xA9 \"a\\b\"") == "cell-0 \xC3\xA9 \"a\\b\"");
  CHECK(escaped("a\nb\t\x1B[2J\x7F") == "a\\nb\\t\\u001b[2J\\u007f");
  CHECK(escaped("\xC2\x9B"
                "1m") == "\\u009b1m");
  CHECK(escaped(std::string_view("a\0b", 3)) == "a\\u0000b");
}

TEST_CASE("the table of an evaluation has no control character of a name") {
  EvaluationResult result;
  result.classes = {"normal", "lo\x1Bss"};
  result.model.all.per_class.resize(2);
  result.model.all.per_class[1].support = 1;
  result.model.intervals.f1.resize(2);
  auto incident = test::incident_of("a\nb", 0, 1, "lo\x1Bss");
  result.model.incidents.incidents.push_back({incident, std::nullopt,
                                              "fl\x1B"
                                              "ap"});
  AlarmEvent alarm;
  alarm.element = "c\rd";
  alarm.fault_type =
      "fl\x1B"
      "ap";
  result.model.incidents.false_alarms.push_back(alarm);
  const std::string text = to_text(result);
  CHECK(text.find_first_of("\x1B\r") == std::string::npos);
  CHECK(text.find("a\\nb ") != std::string::npos);
  CHECK(text.find("c\\rd ") != std::string::npos);
  CHECK(text.find("as fl\\u001bap") != std::string::npos);
}

TEST_CASE("a bar is finished by its work, not by an error that ends it") {
  const std::string text = said([] {
    { ProgressBar bar("done well"); }
    try {
      ProgressBar bar("failed");
      throw std::runtime_error("no such file");
    } catch (const std::runtime_error&) {
      ProgressBar bar("cleared up");  // begun and ended while an error is handled
    }
  });
  CHECK(text.find("done well  100 %") != std::string::npos);
  CHECK(text.find("failed") == std::string::npos);
  CHECK(text.find("cleared up 100 %") != std::string::npos);
}

}  // namespace terminal_test
}  // namespace faultprint::daemon
