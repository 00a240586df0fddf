#include "ingest/tokens.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "stream_helpers.h"

namespace faultprint::ingest {
namespace tokens_test {

using config::TokenSplit;
using test::state;
using test::text;

// Missing cells as -1.
std::vector<double> cells_of(const config::KpiSpec& kpi, std::string_view report) {
  std::vector<double> cells(static_cast<std::size_t>(kpi.length), 77);
  write_tokens(kpi, report, cells);
  for (double& cell : cells) cell = std::isnan(cell) ? -1 : cell;
  return cells;
}

TEST_CASE("numbers of tokens are the same for ever: models keep vectors for them") {
  CHECK(token_of(state("s"), "UP") == 192);
  CHECK(token_of(state("s", 64), "UP") == 15);
  CHECK(token_of(text("t", TokenSplit::words, 4, 1024), "down") == 525);
  CHECK(token_of(text("t", TokenSplit::characters, 4), "\xE2\x82\xAC") == 112);
}

TEST_CASE("a character of Latin-1 is its own number, words are hashed, none is 0") {
  const auto characters = text("t", TokenSplit::characters, 5);
  CHECK(cells_of(characters, "a\xC3\xA9z") == std::vector<double>{'a', 0xe9, 'z', 0, 0});
  std::set<int> numbers;
  for (int c = 1; c < 128; ++c) numbers.insert(token_of(characters, std::string(1, char(c))));
  CHECK(numbers.size() == 127);
  for (const int buckets : {2, 3, 64}) {
    for (int i = 0; i < 500; ++i) {
      const int token = token_of(state("s", buckets), "code " + std::to_string(i));
      CHECK(token >= 1);
      CHECK(token < buckets);
    }
  }
  CHECK(token_of(characters, std::string(1, '\0')) > 0);
}

TEST_CASE("a text is split, padded behind and cut") {
  const auto words = text("t", TokenSplit::words, 3, 1024);
  const auto word = [&](std::string_view w) { return double(token_of(words, w)); };
  CHECK(cells_of(words, "link down") == std::vector<double>{word("link"), word("down"), 0});
  CHECK(cells_of(words, "  link \t down\n") == cells_of(words, "link down"));
  CHECK(cells_of(words, "a b c d e") == cells_of(words, "a b c"));
  CHECK(cells_of(words, "   ") == std::vector<double>{0, 0, 0});  // said, and of no word
  CHECK(cells_of(text("t", TokenSplit::characters, 2), "xyz") == std::vector<double>{'x', 'y'});
}

TEST_CASE("empty text is a missing value") {
  CHECK(cells_of(state("s"), "") == std::vector<double>{-1});
  CHECK(cells_of(text("t", TokenSplit::words, 2), "") == std::vector<double>{-1, -1});
}

TEST_CASE("a state that is a number counts as that number, other text as it stands") {
  const auto of = [](std::string_view s) { return token_of(state("s", 65536), s); };
  CHECK(of("3") == of("3.0"));
  CHECK(of("3") == of("0.3e1"));
  CHECK(of("0") == of("-0"));
  CHECK(of("1000000") == of("1e6"));
  CHECK(of("3") != of("3a"));
  CHECK(of("UP") != of("up"));
  CHECK(of("1e999") != of("2e999"));
}

TEST_CASE("bytes that are no UTF-8 are read as one character each") {
  const auto characters = text("t", TokenSplit::characters, 4);
  CHECK(cells_of(characters, "\xff\xC3(") == std::vector<double>{0xff, 0xc3, '(', 0});
  CHECK(cells_of(characters, "\xE2\x82") == std::vector<double>{0xe2, 0x82, 0, 0});
}

TEST_CASE("different words share a number about as often as chance has it") {
  const auto words = text("t", TokenSplit::words, 1, 1024);
  std::set<int> numbers;
  for (int i = 0; i < 500; ++i)
    numbers.insert(token_of(words, "%LINK-3-UPDOWN" + std::to_string(i)));
  // 1023 (1 - (1 - 1/1023)^500) = 396 are expected, with a deviation of about 8.
  CHECK(numbers.size() > 396 - 32);
  CHECK(numbers.size() < 396 + 32);
}

}  // namespace tokens_test
}  // namespace faultprint::ingest
