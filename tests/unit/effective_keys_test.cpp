#include "config/effective_keys.h"

#include <doctest/doctest.h>

#include "config/config.h"

namespace faultprint::config {
namespace effective_keys_test {

EffectiveKey key_of(const std::string& text, const std::string& path) {
  for (const EffectiveKey& key : keys_of(text))
    if (key.path == path) return key;
  return {};
}

TEST_CASE("a key has its path, value and comment, a list its items and what they have") {
  const std::string text =
      "stream:\n"
      "  period: 5s                      # one slot\n"
      "                                  # of them\n"
      "  kpis:                           # a list\n"
      "                                  # name: as in the records\n"
      "    - {name: \"a\"}\n"
      "    - {name: \"b\"}\n"
      "\n"
      "log:\n"
      "  level: info\n";
  CHECK(key_of(text, "stream").depth == 0);
  CHECK(key_of(text, "stream.period").value == "5s");
  CHECK(key_of(text, "stream.period").comment == "one slot of them");
  CHECK(key_of(text, "stream.kpis").items ==
        std::vector<std::string>{"- {name: \"a\"}", "- {name: \"b\"}"});
  CHECK(key_of(text, "stream.kpis[].name").comment == "as in the records");
  CHECK(key_of(text, "log.level").value == "info");
  CHECK(keys_of(text).size() == 6);
}

TEST_CASE("what looks like a comment or a key's end within quotes is none") {
  const std::string text = "alarms:\n  \"a: # b\": \"c # d\"      # e\n";
  CHECK(key_of(text, "alarms.a: # b").value == "\"c # d\"");
  CHECK(key_of(text, "alarms.a: # b").comment == "e");
}

TEST_CASE("every key of a configuration is described, or stands in the words of its map") {
  const Config config = parse("stream: {period: 5s, window: 4, kpis: [{name: a}]}\n", "c.yaml");
  for (const EffectiveKey& key : keys_of(effective(config))) {
    CAPTURE(key.path);
    CHECK((key.depth == 0 || !key.comment.empty()));
  }
}

}  // namespace effective_keys_test
}  // namespace faultprint::config
