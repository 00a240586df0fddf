#include "daemon/token_vectors.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "file_bytes.h"
#include "ingest/tokens.h"
#include "stream_helpers.h"

namespace faultprint::daemon {
namespace token_vectors_test {

config::InputSpec input() {
  config::InputSpec spec = test::gauges(1);
  spec.kpis.push_back(test::state("s", 64));
  spec.kpis.push_back(test::text("t", config::TokenSplit::characters, 4));
  return spec;
}

TokenVectorFile read(const std::string& text, int width = 0) {
  const test::TempFile file(text);
  return read_token_vectors(file.path(), input(), width);
}

// What is wrong, the file's name left out.
std::string error_of(const std::string& text, int width = 0) {
  const test::TempFile file(text);
  try {
    read_token_vectors(file.path(), input(), width);
    return "";
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    REQUIRE(what.starts_with(file.path()));
    return what.substr(file.path().size());
  }
}

TEST_CASE("a vector goes to its token in every KPI that has it") {
  const TokenVectorFile file = read("UP 1 2\nx 0.5 -1e-3\n");
  CHECK(file.width == 2);
  CHECK(file.used == 2);
  CHECK_FALSE(file.vectors.keep);
  const auto& [states, characters] = std::tie(file.vectors.of_kpi[0], file.vectors.of_kpi[1]);
  CHECK(states.at(ingest::token_of(test::state("s", 64), "UP")) == std::vector<float>{1, 2});
  CHECK(states.size() == 2);  // a state may be one letter
  CHECK(characters.size() == 1);
  CHECK(characters.at('x') == std::vector<float>{0.5F, -1e-3F});
}

TEST_CASE("word2vec's first line, blank lines, tabs and CRLF are understood") {
  const TokenVectorFile file = read("2 3\nUP 1 2 3\n\nDOWN\t4 5 6 \r\n");
  CHECK(file.width == 3);
  CHECK(file.used == 2);
}

TEST_CASE("of tokens that share a number the first counts") {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "code" + std::to_string(i) + " " + std::to_string(i) + "\n";
  const TokenVectorFile file = read(text);
  CHECK(file.used <= 63);
  CHECK(file.used + file.shared == 200);
  CHECK(file.vectors.of_kpi[0].at(ingest::token_of(test::state("s", 64), "code0")) ==
        std::vector<float>{0});
}

TEST_CASE("a wrong width or a bad number is told with its line") {
  CHECK(error_of("UP 1 2\nDOWN 1 2 3\n") == ":2: the vectors have 3 numbers where 2 are wanted");
  CHECK(error_of("UP 1 2\nDOWN\n") == ":2: the vectors have 0 numbers where 2 are wanted");
  CHECK(error_of("UP 1 2\n", 3) == ":1: the vectors have 2 numbers where 3 are wanted");
  CHECK(error_of("9 50\nUP 1 2\n", 3) == ":1: the vectors have 50 numbers where 3 are wanted");
  CHECK(error_of("9 2\nUP 1 2 3\n") == ":2: the vectors have 3 numbers where 2 are wanted");
  CHECK(error_of("UP 1 2\n\nDOWN 1 2x\n") == ":3: \"2x\" is no finite number");
  CHECK(error_of("UP 1 nan\n") == ":1: \"nan\" is no finite number");
  CHECK(error_of("UP 1 1e99\n") == ":1: \"1e99\" is no finite number");
  CHECK(error_of("\n") == ": it holds no vector");
  CHECK_THROWS_WITH_AS(read_token_vectors("/no/such/file", input(), 0),
                       "/no/such/file: No such file or directory", std::runtime_error);
}

}  // namespace token_vectors_test
}  // namespace faultprint::daemon
