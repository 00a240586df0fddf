#include "model/weighted_detection.h"

#include <doctest/doctest.h>

#include <random>

namespace faultprint::model {
namespace weighted_detection_test {

using doctest::Approx;

TEST_CASE("a score of weight three is three scores") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    std::vector<double> scores, positives, negatives;
    std::vector<std::uint8_t> positive;
    std::vector<int> units;
    std::vector<int> weights;
    for (int unit = 0; unit < 12; ++unit) weights.push_back(static_cast<int>(random() % 4));
    for (int i = 0; i < 200; ++i) {
      const bool is = random() % 3 == 0;
      scores.push_back(static_cast<double>(random() % 40 + (is ? 10 : 0)));  // many ties
      positive.push_back(is ? 1 : 0);
      units.push_back(static_cast<int>(random() % 12));
      for (int k = 0; k < weights[static_cast<std::size_t>(units.back())]; ++k)
        (is ? positives : negatives).push_back(scores.back());
    }
    const auto seen = WeightedDetection(scores, positive, units)(weights);
    REQUIRE(seen.has_value());
    const Detection expected = detect(positives, negatives);
    CHECK(seen->auroc == Approx(expected.auroc));
    CHECK(seen->fpr95 == Approx(expected.fpr95));
  }
}

TEST_CASE("a draw without a positive, or without a negative, says nothing") {
  const std::vector<double> scores{1, 2};
  const std::vector<std::uint8_t> positive{0, 1};
  const std::vector<int> units{0, 1};
  const WeightedDetection detect_weighted(scores, positive, units);
  CHECK_FALSE(detect_weighted({1, 0}).has_value());
  CHECK_FALSE(detect_weighted({0, 1}).has_value());
  CHECK(detect_weighted({2, 5})->auroc == 1);
}

}  // namespace weighted_detection_test
}  // namespace faultprint::model
