#include "config/reference.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <stdexcept>

#include "config/config.h"
#include "file_bytes.h"

namespace faultprint::config {
namespace reference_test {

TEST_CASE("a value that is no reference is itself") {
  for (const char* value : {"", "secret", "$", "${}", "${HOME", "$HOME", "x${HOME}", "{HOME}"}) {
    CAPTURE(value);
    CHECK_FALSE(is_reference(value));
    CHECK(resolve(value) == value);
  }
}

TEST_CASE("${NAME} is the environment variable, and must be set") {
  setenv("FAULTPRINT_TEST_SECRET", "s3cret }", 1);
  CHECK(resolve("${FAULTPRINT_TEST_SECRET}") == "s3cret }");
  unsetenv("FAULTPRINT_TEST_SECRET");
  CHECK_THROWS_WITH_AS(resolve("${FAULTPRINT_TEST_SECRET}"),
                       "environment variable FAULTPRINT_TEST_SECRET is not set",
                       std::runtime_error);
}

TEST_CASE("${file:PATH} is the file's text without its last newline") {
  const test::Folder folder;
  test::write_bytes(folder.file("secret"), "two\nlines\r\n");
  CHECK(resolve("${file:" + folder.file("secret") + "}") == "two\nlines");
  CHECK_THROWS_AS(resolve("${file:" + folder.file("none") + "}"), std::runtime_error);
}

TEST_CASE("the effective configuration shows a reference, and never what it stands for") {
  const std::string text =
      "stream: {period: 1s, window: 2, lateness: 1s, kpis: [{name: a, kind: gauge}]}\n"
      "kafka: {properties: {sasl.password: \"${PATH}\", ssl.key.password: plain}}\n";
  const Config config = parse(text, "x.yaml");
  CHECK(config.kafka.property_lines.at("sasl.password") == 2);
  const std::string shown = effective(config);
  CHECK(shown.find("${PATH}") != std::string::npos);
  CHECK(shown.find(std::getenv("PATH")) == std::string::npos);
  CHECK(shown.find("plain") == std::string::npos);
}

}  // namespace reference_test
}  // namespace faultprint::config
