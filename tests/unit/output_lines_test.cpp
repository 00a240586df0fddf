#include "daemon/output_lines.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "file_bytes.h"

namespace faultprint::daemon {
namespace output_lines_test {

TEST_CASE("lines are appended whole") {
  const test::Folder folder;
  const std::string path = folder.file("v.jsonl");
  {
    OutputLines lines(path, OutputLines::Open::append);
    CHECK(lines.open());
    lines.write("{\"a\":1}");
    lines.write("");
    lines.flush();
    CHECK(test::read_bytes(path) == "{\"a\":1}\n\n");
    lines.write("x");
  }
  CHECK(test::read_bytes(path) == "{\"a\":1}\n\nx\n");
  OutputLines(path, OutputLines::Open::append).write("y");
  CHECK(test::read_bytes(path) == "{\"a\":1}\n\nx\ny\n");
}

TEST_CASE("a line that a killed process left half written is ended first") {
  const test::Folder folder;
  const std::string path = folder.file("v.jsonl");
  test::write_bytes(path, "{\"a\":1}\n{\"b\":");
  OutputLines(path, OutputLines::Open::append).write("{\"c\":3}");
  CHECK(test::read_bytes(path) == "{\"a\":1}\n{\"b\":\n{\"c\":3}\n");
}

TEST_CASE("a file that ends in a whole line, or is empty or new, gets no empty line") {
  const test::Folder folder;
  for (const char* before : {"", "one\n"}) {
    const std::string path = folder.file("v.jsonl");
    test::write_bytes(path, before);
    OutputLines(path, OutputLines::Open::append).write("two");
    CHECK(test::read_bytes(path) == std::string(before) + "two\n");
  }
  OutputLines(folder.file("new"), OutputLines::Open::append).write("two");
  CHECK(test::read_bytes(folder.file("new")) == "two\n");
}

TEST_CASE("opening alone ends a torn line and changes nothing else") {
  const test::Folder folder;
  test::write_bytes(folder.file("torn"), "half");
  { OutputLines lines(folder.file("torn"), OutputLines::Open::append); }
  CHECK(test::read_bytes(folder.file("torn")) == "half\n");
}

TEST_CASE("sync puts whole lines on the disk, where there is none it does no harm") {
  const test::Folder folder;
  OutputLines lines(folder.file("v"), OutputLines::Open::append);
  lines.write("a");
  lines.sync();
  CHECK(test::read_bytes(folder.file("v")) == "a\n");
  lines.sync();
  OutputLines nowhere("", OutputLines::Open::append);
  nowhere.write("a");
  CHECK_NOTHROW(nowhere.sync());
  OutputLines null("/dev/null", OutputLines::Open::append);
  null.write("a");
  CHECK_NOTHROW(null.sync());
}

TEST_CASE("a file that was rotated or removed is opened anew, and no line is lost or in both") {
  const test::Folder folder;
  const std::string path = folder.file("v");
  OutputLines lines(path, OutputLines::Open::append);
  lines.write("a");
  lines.sync();
  std::filesystem::rename(path, path + ".1");
  lines.write("b");
  lines.flush();
  lines.sync();
  lines.write("c");
  lines.sync();
  CHECK(test::read_bytes(path + ".1") == "a\nb\n");
  CHECK(test::read_bytes(path) == "c\n");
  test::write_bytes(path + ".new", "torn");  // as rotation makes it, or another file
  std::filesystem::rename(path + ".new", path);
  lines.sync();
  lines.write("d");
  lines.sync();
  CHECK(test::read_bytes(path) == "torn\nd\n");
  std::filesystem::remove(path);
  lines.sync();
  CHECK(test::read_bytes(path).empty());
}

TEST_CASE("truncate begins anew") {
  const test::Folder folder;
  test::write_bytes(folder.file("v"), "old");
  OutputLines(folder.file("v"), OutputLines::Open::truncate).write("new");
  CHECK(test::read_bytes(folder.file("v")) == "new\n");
}

TEST_CASE("no path writes nowhere") {
  OutputLines lines("", OutputLines::Open::append);
  CHECK_FALSE(lines.open());
  CHECK_NOTHROW(lines.write("x"));
  CHECK_NOTHROW(lines.flush());
}

TEST_CASE("a file that cannot be opened or written is an error that names it") {
  const test::Folder folder;
  const std::string path = folder.file("no/folder");
  try {
    OutputLines lines(path, OutputLines::Open::append);
    FAIL("opened");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).starts_with(path + ": cannot be written: "));
  }
  OutputLines full("/dev/full", OutputLines::Open::append);
  full.write("x");
  CHECK_THROWS_AS(full.flush(), std::runtime_error);
}

// No file of this process may grow beyond so many bytes, for as long as this lives.
class LittleRoom {
 public:
  explicit LittleRoom(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit little{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &little);
  }
  ~LittleRoom() { setrlimit(RLIMIT_FSIZE, &before_); }
  LittleRoom(const LittleRoom&) = delete;
  LittleRoom& operator=(const LittleRoom&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("what a full disk does not take is written later, from the byte at which it stopped") {
  const test::Folder folder;
  OutputLines lines(folder.file("v"), OutputLines::Open::append);
  {
    const LittleRoom full(4);
    lines.write("one");
    lines.write("two");
    CHECK_THROWS_AS(lines.flush(), std::runtime_error);
    CHECK(lines.held() == 4);
    lines.write("three");
    CHECK_THROWS_AS(lines.sync(), std::runtime_error);
  }
  CHECK(test::read_bytes(folder.file("v")) == "one\n");
  lines.sync();
  CHECK(lines.held() == 0);
  CHECK(test::read_bytes(folder.file("v")) == "one\ntwo\nthree\n");
}

TEST_CASE(
    "where a full disk gets room by removing the file, a line begun there is whole in the next") {
  const test::Folder folder;
  const std::string path = folder.file("v");
  OutputLines lines(path, OutputLines::Open::append);
  {
    const LittleRoom full(6);
    lines.write("one");
    lines.write("two");
    CHECK_THROWS_AS(lines.flush(), std::runtime_error);
  }
  CHECK(test::read_bytes(path) == "one\ntw");
  std::filesystem::remove(path);
  lines.write("three");
  lines.sync();
  CHECK(test::read_bytes(path) == "two\nthree\n");
}

}  // namespace output_lines_test
}  // namespace faultprint::daemon
