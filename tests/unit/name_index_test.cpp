#include "ingest/name_index.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

namespace faultprint::ingest {
namespace name_index_test {

TEST_CASE("an empty index holds nothing") {
  NameIndex index;
  CHECK(index.find("a", [](std::uint32_t) { return std::string_view(); }) == NameIndex::kNone);
  index.erase("a", 0);
  CHECK(index.size() == 0);
}

// Few names over and over, so that entries collide, wrap round and move.
TEST_CASE("names inserted and erased at random are found just as in a map") {
  for (const int names : {3, 12, 1000}) {
    std::mt19937_64 random(static_cast<unsigned>(names));
    std::vector<std::string> texts;
    for (int i = 0; i < names; ++i) texts.push_back("element-" + std::to_string(i * 7919));
    NameIndex index;
    std::map<std::string, std::uint32_t> expected;
    const auto name_of = [&](std::uint32_t id) { return std::string_view(texts[id]); };
    for (int step = 0; step < 20000; ++step) {
      const auto id = static_cast<std::uint32_t>(random() % texts.size());
      if (expected.erase(texts[id]) != 0) {
        index.erase(texts[id], id);
      } else {
        index.insert(texts[id], id);
        expected[texts[id]] = id;
      }
      REQUIRE(index.size() == expected.size());
      if (step % 97 != 0) continue;
      for (std::uint32_t i = 0; i < texts.size(); ++i) {
        const auto found = expected.find(texts[i]);
        REQUIRE(index.find(texts[i], name_of) ==
                (found == expected.end() ? NameIndex::kNone : found->second));
      }
    }
  }
}

}  // namespace name_index_test
}  // namespace faultprint::ingest
