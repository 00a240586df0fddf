#include "daemon/below_baseline.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace below_baseline_test {

TEST_CASE(
    "a model below simple methods is told what they are, what it means, and once what to do") {
  const auto texts = below_baseline_texts(
      {{"1nn", 0.65, 0.7, "", true}, {"nearest_class_mean", 0.65, 0.8, "", false}});
  REQUIRE(texts.size() == 2);
  CHECK(texts[0] ==
        "macro-F1 0.650 is below the 0.700 of 1nn, a yardstick that gives each window the name of "
        "the training window most like it. The difference may be chance: this history does not "
        "show which of the two names faults better");
  CHECK(texts[1].starts_with(
      "macro-F1 0.650 is below the 0.800 of nearest_class_mean, a yardstick that gives each window "
      "the fault type whose average window is nearest. The difference is more than chance: on this "
      "history that names faults better, so take the fault type of this model's alarms as a hint"));
  CHECK(texts[1].find("To try: more incidents") != std::string::npos);
  CHECK(below_baseline_texts({}).empty());
}

}  // namespace below_baseline_test
}  // namespace faultprint::daemon
