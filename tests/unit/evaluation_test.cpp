#include "model/evaluation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace faultprint::model {
namespace evaluation_test {

using doctest::Approx;

TEST_CASE("a hand-made confusion and all that follows from it") {
  //               predicted:  0  1  2
  const std::vector<int> truth{0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
  const std::vector<int> seen{0, 0, 0, 1, 2, 1, 1, 0, 2, 0};
  const Classification result = classify(truth, seen, 3);
  CHECK(result.windows == 10);
  CHECK(result.confusion == std::vector<std::vector<long>>{{3, 1, 1}, {1, 2, 0}, {1, 0, 1}});
  CHECK(result.accuracy == Approx(0.6));
  CHECK(result.per_class[0].precision == Approx(3.0 / 5));
  CHECK(result.per_class[0].recall == Approx(3.0 / 5));
  CHECK(result.per_class[0].f1 == Approx(0.6));
  CHECK(result.per_class[0].support == 5);
  CHECK(result.per_class[1].precision == Approx(2.0 / 3));
  CHECK(result.per_class[1].recall == Approx(2.0 / 3));
  CHECK(result.per_class[2].precision == Approx(1.0 / 2));
  CHECK(result.per_class[2].recall == Approx(1.0 / 2));
  CHECK(result.macro_f1 == Approx((0.6 + 2.0 / 3 + 0.5) / 3));
}

TEST_CASE("precision and recall are not mixed up") {
  const Classification result =
      classify(std::vector<int>{0, 0, 0, 1}, std::vector<int>{0, 1, 1, 1}, 2);
  CHECK(result.per_class[1].precision == Approx(1.0 / 3));
  CHECK(result.per_class[1].recall == Approx(1.0));
  CHECK(result.per_class[1].f1 == Approx(0.5));
}

// scikit-learn 1.x: f1_score([0, 0, 1], [0, 2, 0], average="macro") == 1/6.
TEST_CASE("macro F1 counts a class that is only predicted as zero, as scikit-learn does") {
  const Classification result = classify(std::vector<int>{0, 0, 1}, std::vector<int>{0, 2, 0}, 4);
  CHECK(result.per_class[1].f1 == 0);
  CHECK(result.per_class[1].support == 1);
  CHECK(result.per_class[2].support == 0);
  CHECK(result.per_class[2].predicted == 1);
  CHECK(result.per_class[2].precision == 0);
  CHECK_FALSE(result.per_class[3].occurs());  // neither: it does not count
  CHECK(result.macro_f1 == Approx((0.5 + 0 + 0) / 3));
}

TEST_CASE("the F1 of true classes is that of macro F1 less the classes that are only predicted") {
  const Classification stray = classify(std::vector<int>{0, 0, 1}, std::vector<int>{0, 2, 0}, 4);
  CHECK(true_class_f1(stray) == Approx((0.5 + 0) / 2));
  const Classification all = classify(std::vector<int>{0, 1, 1}, std::vector<int>{0, 1, 0}, 2);
  CHECK(true_class_f1(all) == all.macro_f1);
  CHECK(true_class_f1(classify({}, {}, 2)) == 0);
}

TEST_CASE("nothing to classify gives zeros") {
  const Classification result = classify({}, {}, 2);
  CHECK(result.accuracy == 0);
  CHECK(result.macro_f1 == 0);
  CHECK(result.per_class.size() == 2);
}

TEST_CASE("AUROC counts wins, and ties for half") {
  CHECK(detect({2, 3}, {0, 1}).auroc == 1.0);
  CHECK(detect({0, 1}, {2, 3}).auroc == 0.0);
  CHECK(detect({1, 1, 1}, {1, 1}).auroc == 0.5);
  CHECK(detect({1, 2}, {0, 1, 2, 3}).auroc == Approx((1.5 + 2.5) / 8));
  std::mt19937_64 random(1);
  std::vector<double> positives, negatives;
  for (int i = 0; i < 60; ++i) positives.push_back(static_cast<double>(random() % 12 + 2));
  for (int i = 0; i < 90; ++i) negatives.push_back(static_cast<double>(random() % 12));
  double wins = 0;
  for (const double p : positives)
    for (const double n : negatives) wins += p > n ? 1 : p == n ? 0.5 : 0;
  CHECK(detect(positives, negatives).auroc == Approx(wins / (60 * 90)));
}

TEST_CASE("fpr95 is the share of negatives at the threshold that finds 95 % of the positives") {
  std::vector<double> positives;
  for (int i = 0; i < 100; ++i) positives.push_back(i);  // 95 of them at or above 5
  CHECK(detect(positives, {4.9, 4.99, -1, 0}).fpr95 == 0.0);
  CHECK(detect(positives, {5, 4, 99, 200}).fpr95 == 0.75);
  // Of 20, one may be missed; of 19, none.
  positives.assign(19, 10);
  positives.push_back(0);
  CHECK(detect(positives, {5, 5}).fpr95 == 0.0);
  positives.assign(18, 10);
  positives.push_back(0);
  CHECK(detect(positives, {5, 5}).fpr95 == 1.0);
  CHECK(detect({1}, {1}).fpr95 == 1.0);
  CHECK(detect({1}, {0}).fpr95 == 0.0);
}

}  // namespace evaluation_test
}  // namespace faultprint::model
