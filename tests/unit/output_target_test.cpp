#include "daemon/output_target.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace output_target_test {

std::string error(const std::string& path, Writing how) {
  return test::error_of([&] { check_target(path, how); });
}

TEST_CASE("a file that cannot be made is told before it is written") {
  const test::Folder folder;
  const std::string file = folder.file("there");
  test::write_bytes(file, "x");
  for (const Writing how : {Writing::in_place, Writing::by_replacement}) {
    CHECK(error(folder.file("new"), how).empty());
    CHECK(error(file, how).empty());
    CHECK(error("new", how).empty());  // in the working directory
    const std::string lost = folder.file("no/model");
    CHECK(error(lost, how) == lost + ": cannot be written: No such file or directory");
    CHECK(error(file + "/model", how) == file + "/model: cannot be written: Not a directory");
    CHECK(error(folder.file("."), how) == folder.file(".") + ": cannot be written: Is a directory");
  }
  CHECK(test::read_bytes(file) == "x");
}

TEST_CASE("a device is written in place, wherever it lies") {
  CHECK(error("/dev/null", Writing::in_place).empty());
}

}  // namespace output_target_test
}  // namespace faultprint::daemon
