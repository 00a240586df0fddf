#include "model/minirocket_classifier.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

namespace faultprint::model {
namespace minirocket_classifier_test {

// Noise with a bump of one shape or another at a random place: what no mean window shows.
LabelledWindows bumps(int count, std::uint64_t seed) {
  constexpr int kSteps = 40;
  std::mt19937_64 random(seed);
  std::normal_distribution<float> noise(0, 0.5F);
  LabelledWindows data{Matrix(count, kSteps), {}};
  for (int i = 0; i < count; ++i) {
    data.labels.push_back(i % 3);
    for (int t = 0; t < kSteps; ++t) data.windows(i, t) = noise(random);
    const int at = static_cast<int>(random() % (kSteps - 12));
    for (int t = 0; t < 12 && i % 3 != 0; ++t)
      data.windows(i, at + t) +=
          i % 3 == 1 ? 4.0F * static_cast<float>(t) / 12 : 4.0F * static_cast<float>(12 - t) / 12;
  }
  return data;
}

double share_right(const std::vector<int>& seen, const std::vector<int>& expected) {
  double right = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) right += seen[i] == expected[i] ? 1 : 0;
  return right / static_cast<double>(seen.size());
}

TEST_CASE("tells shapes apart wherever they are, as often as the same references are given") {
  const LabelledWindows known = bumps(150, 1), queries = bumps(600, 2);
  const std::vector<int> seen = MiniRocketClassifier(known, 1, 1)(queries.windows);
  CHECK(share_right(seen, queries.labels) > 0.95);
  CHECK(MiniRocketClassifier(known, 1, 1)(queries.windows) == seen);
}

TEST_CASE("the more windows, the fewer features, always of all kernels") {
  CHECK(affordable_features(100) == 9996);
  int last = 9996;
  for (const int windows : {400, 1000, 4500, 60000, 10000000}) {
    const int features = affordable_features(windows);
    CAPTURE(windows);
    CHECK(features <= last);
    CHECK(features >= 84);
    CHECK(features % 84 == 0);
    last = features;
  }
}

}  // namespace minirocket_classifier_test
}  // namespace faultprint::model
