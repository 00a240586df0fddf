#include "model/calibration_scores.h"

#include <doctest/doctest.h>

#include <vector>

namespace faultprint::model {
namespace calibration_scores_test {

std::vector<float> downwards(int count) {
  std::vector<float> scores;
  for (int i = count; i > 0; --i) scores.push_back(static_cast<float>(i));
  return scores;
}

TEST_CASE("few scores are all kept, in order, and counted exactly") {
  std::vector<float> scores = downwards(100);
  CHECK(thin_scores(scores, 100) == 100);
  REQUIRE(scores.size() == 100);
  CHECK(scores.front() == 1);
  CHECK(scores.back() == 100);
  CHECK(count_at_least(scores, 100, 0) == 100);
  CHECK(count_at_least(scores, 100, 1) == 100);
  CHECK(count_at_least(scores, 100, 60.5F) == 40);
  CHECK(count_at_least(scores, 100, 100) == 1);
  CHECK(count_at_least(scores, 100, 101) == 0);
  CHECK(score_below(scores, 100, 0) == 100);
  CHECK(score_below(scores, 100, 5) == 95);
  CHECK(score_below(scores, 100, 1000) == 1);
}

TEST_CASE("of many scores the highest stay exact and the others keep their proportions") {
  std::vector<float> scores = downwards(10000);
  CHECK(thin_scores(scores, 400) == 10000);
  REQUIRE(scores.size() == 400);
  CHECK(count_at_least(scores, 10000, 9901) == 100);
  CHECK(count_at_least(scores, 10000, 9950) == 51);
  CHECK(count_at_least(scores, 10000, 5000) == doctest::Approx(5001).epsilon(0.01));
  CHECK(count_at_least(scores, 10000, 1) == 10000);
  CHECK(count_at_least(scores, 10000, -1) == 10000);
  CHECK(score_below(scores, 10000, 50) == 9950);
  CHECK(score_below(scores, 10000, 500) == doctest::Approx(9500).epsilon(0.01));
  CHECK(score_below(scores, 10000, 9999) <= 40);
}

}  // namespace calibration_scores_test
}  // namespace faultprint::model
