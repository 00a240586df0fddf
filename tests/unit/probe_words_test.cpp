#include <doctest/doctest.h>

#include "daemon/probe/words.h"

namespace faultprint::daemon::probe {
namespace probe_words_test {

TEST_CASE("a line has nothing that ends it or commands a terminal, and keeps other letters") {
  CHECK(one_line("a\x1b]0;x\x07"
                 "b\nc\x7f") == "a?]0;x?b?c?");
  CHECK(one_line("\xc2\x9b"
                 "31m") == "?31m");
  CHECK(one_line("a\xe2\x80\xa8"
                 "b\xe2\x80\xae"
                 "c\xe2\x81\xa6") == "a?b?c?");
  CHECK(one_line("Z\xc3\xbc"
                 "rich\t\xe2\x82\xac") ==
        "Z\xc3\xbc"
        "rich?\xe2\x82\xac");
  CHECK(one_line("no \xff text") == "no ? text");
}

TEST_CASE("what is listed or shown is cut where it is long") {
  CHECK(shown(std::string(1000, 'x')).size() < 100);
  CHECK(listed({"a\x1b", std::string(1000, 'x')}).size() < 100);
  CHECK(listed({"1", "2", "3", "4", "5", "6", "7"}) == "1, 2, 3, 4, 5 and 2 more");
}

TEST_CASE("a name can be used that a configuration takes and a terminal shows as it is") {
  CHECK(
      can_be_named("Z\xc3\xbc"
                   "rich / cell 1"));
  for (const char* name : {"", "a\nb", "a\tb", "\x1b", "\xc2\x9b", "\xff"})
    CHECK_FALSE(can_be_named(name));
  CHECK(can_be_named(std::string(256, 'x')));
  CHECK_FALSE(can_be_named(std::string(257, 'x')));
}

}  // namespace probe_words_test
}  // namespace faultprint::daemon::probe
