#include "config/name_glob.h"

#include <doctest/doctest.h>

namespace faultprint::config {
namespace name_glob_test {

TEST_CASE("a star stands for any text, none and dots among them") {
  CHECK(matches_glob("pm.drop.*", "pm.drop.radio"));
  CHECK(matches_glob("pm.drop.*", "pm.drop."));
  CHECK(matches_glob("pm.*.drop", "pm.a.b.drop"));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("*a*b*", "xxaxxbxaxb"));
  CHECK(matches_glob("a*a", "aa"));
}

TEST_CASE("all else of a pattern is itself") {
  CHECK_FALSE(matches_glob("pm.drop.*", "pm.drops.radio"));
  CHECK_FALSE(matches_glob("pm.drop.*", "xpm.drop.a"));
  CHECK_FALSE(matches_glob("a*a", "a"));
  CHECK_FALSE(matches_glob("a?c", "abc"));
  CHECK_FALSE(matches_glob("[ab]", "a"));
  CHECK(matches_glob("drop[1]", "drop[1]"));
}

}  // namespace name_glob_test
}  // namespace faultprint::config
