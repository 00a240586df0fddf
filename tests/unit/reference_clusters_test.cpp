#include "model/reference_clusters.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace faultprint::model {
namespace reference_clusters_test {

using doctest::Approx;

Cluster cluster(const std::string& label, const Matrix& prototypes, float radius,
                std::vector<float> scores) {
  Cluster result;
  result.label = label;
  result.prototypes = prototypes;
  result.radius = radius;
  set_scores(result, std::move(scores));
  return result;
}

Matrix at(std::initializer_list<float> values) {
  Matrix m(static_cast<Eigen::Index>(values.size()), 1);
  std::copy(values.begin(), values.end(), m.data());
  return m;
}

std::vector<float> normal_scores(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, 0.4F);
  std::vector<float> scores(count);
  for (float& s : scores) s = std::abs(normal(random));
  return scores;
}

double brute_force_p(const std::vector<float>& scores, float s) {
  double at_least = 0;
  for (const float x : scores) at_least += x >= s ? 1 : 0;
  return (1 + at_least) / (static_cast<double>(scores.size()) + 1);
}

std::vector<Match> match(const ReferenceClusters& clusters, const Matrix& embeddings) {
  Matrix distances;
  std::vector<Match> matches;
  clusters.match(embeddings, distances, matches);
  REQUIRE(matches.size() == static_cast<std::size_t>(embeddings.rows()));
  REQUIRE(distances.cols() == static_cast<Eigen::Index>(clusters.clusters().size()));
  return matches;
}

TEST_CASE("a p-value is (1 + scores at or above) / (n + 1), ties counted") {
  std::vector<float> scores = normal_scores(1500, 1);
  for (int i = 0; i < 300; ++i) scores.push_back(0.5F);
  const ReferenceClusters clusters({cluster("normal", at({0}), 1, scores)}, 0.01, 1);
  for (const float s : {0.0F, 0.1F, 0.4999F, 0.5F, 0.5001F, 0.9F, 1.3F, 100.0F})
    CHECK(clusters.p_value(0, s) == Approx(brute_force_p(scores, s)).epsilon(1e-12));
  CHECK(clusters.p_value(0, 100) == Approx(1.0 / 1801));
  CHECK(clusters.p_value(0, 0) == 1.0);
}

TEST_CASE("thinned scores give exact p-values in the tail and near ones below") {
  const std::vector<float> scores = normal_scores(50000, 2);
  const Cluster thinned = cluster("normal", at({0}), 1, scores);
  CHECK(thinned.scores.size() == ReferenceClusters::kMaxScores);
  CHECK(thinned.score_count == 50000);
  CHECK(std::is_sorted(thinned.scores.begin(), thinned.scores.end()));
  const ReferenceClusters clusters({thinned}, 0.001, 1);
  std::vector<float> sorted = scores;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t rank = 1; rank <= 500; ++rank) {  // the highest quarter of 2000
    const float s = sorted[sorted.size() - rank];
    REQUIRE(clusters.p_value(0, s) == Approx(brute_force_p(scores, s)).epsilon(1e-12));
    const float above = std::nextafter(s, 100.0F);
    REQUIRE(clusters.p_value(0, above) == Approx(brute_force_p(scores, above)).epsilon(1e-12));
  }
  for (std::size_t rank = 501; rank < sorted.size(); rank += 97)
    REQUIRE(std::abs(clusters.p_value(0, sorted[sorted.size() - rank]) -
                     brute_force_p(scores, sorted[sorted.size() - rank])) < 1.0 / 1400);
  CHECK(clusters.p_value(0, -1) == 1.0);
}

TEST_CASE("the measured share of known windows called unknown is near alpha") {
  constexpr int kTests = 200000;
  std::mt19937_64 random(5);
  std::normal_distribution<float> normal(0, 0.4F);
  Matrix windows(kTests, 1);
  for (Eigen::Index i = 0; i < kTests; ++i) windows(i, 0) = normal(random);
  for (const double alpha : {0.05, 0.01}) {
    double mean = 0;
    constexpr int kSets = 8;
    for (std::uint64_t set = 0; set < kSets; ++set) {
      const ReferenceClusters clusters(
          {cluster("normal", at({0}), 1, normal_scores(20000, 100 + set))}, alpha, 1);
      const auto matches = match(clusters, windows);
      const auto unknown =
          std::count_if(matches.begin(), matches.end(), [](const Match& m) { return m.unknown; });
      mean += static_cast<double>(unknown) / kTests / kSets;
    }
    // Over calibration sets of n scores the rate scatters by sqrt(alpha / n): four times that, for
    // 8 sets, and the tested windows' own scatter.
    CHECK(std::abs(mean - alpha) <
          4 * std::sqrt(alpha / (20000 * kSets)) + 4 * std::sqrt(alpha / kTests));
  }
}

TEST_CASE("a window is unknown at p = alpha and known just above") {
  std::vector<float> scores;
  for (int i = 1; i <= 99; ++i) scores.push_back(static_cast<float>(i));
  const ReferenceClusters clusters({cluster("normal", at({0}), 1, scores)}, 0.02, 1);
  const auto matches = match(clusters, at({98, 98.5F, 99, 99.5F}));
  CHECK(matches[0].p_value == Approx(0.03));
  CHECK_FALSE(matches[0].unknown);
  CHECK(matches[1].p_value == Approx(0.02));
  CHECK(matches[1].unknown);
  CHECK(matches[2].p_value == Approx(0.02));
  CHECK(matches[2].unknown);
  CHECK(matches[3].p_value == Approx(0.01));
  CHECK(matches[3].unknown);
}

TEST_CASE("p is the greatest of all clusters, whichever is the nearest") {
  // Nearest in radii is "narrow", but its own windows lie at most 0.1 away; "wide" knows it.
  const ReferenceClusters clusters({cluster("narrow", at({0}), 1, std::vector<float>(200, 0.1F)),
                                    cluster("wide", at({3}), 1, std::vector<float>(200, 2.5F))},
                                   0.01, 1);
  const auto matches = match(clusters, at({1}));
  CHECK(matches[0].nearest == 0);
  CHECK(matches[0].p_value == 1.0F);
  CHECK_FALSE(matches[0].unknown);
}

TEST_CASE("distances are to the nearest prototype, in the cluster's radius") {
  const ReferenceClusters clusters(
      {cluster("a", at({0, 10}), 2, {1}), cluster("b", at({4}), 0.5F, {1}),
       cluster("c", at({20}), 1, {1})},
      0.5, 1);
  Matrix distances;
  std::vector<Match> matches;
  clusters.match(at({3, 9, 19}), distances, matches);
  CHECK(distances(0, 0) == 1.5F);
  CHECK(distances(0, 1) == 2.0F);
  CHECK(distances(0, 2) == 17.0F);
  CHECK(distances(1, 0) == 0.5F);
  CHECK(matches[0].nearest == 0);
  CHECK(matches[0].distance == 1.5F);
  CHECK(matches[0].runner_up == 1);
  CHECK(matches[0].runner_up_distance == 2.0F);
  CHECK(matches[2].nearest == 2);
  CHECK(matches[2].runner_up == 0);  // 9 / 2 radii; b is 15 / 0.5
  CHECK(matches[2].runner_up_distance == 4.5F);
}

TEST_CASE("of equally near clusters the first is the nearest and the next the runner-up") {
  const ReferenceClusters clusters(
      {cluster("a", at({5}), 1, {1}), cluster("b", at({1}), 1, {1}), cluster("c", at({3}), 1, {1})},
      0.5, 1);
  const auto matches = match(clusters, at({2, 4}));
  CHECK(matches[0].nearest == 1);
  CHECK(matches[0].runner_up == 2);
  CHECK(matches[1].nearest == 0);
  CHECK(matches[1].runner_up == 2);
  CHECK(matches[1].distance == matches[1].runner_up_distance);
}

TEST_CASE("a single cluster has no runner-up") {
  const ReferenceClusters clusters({cluster("a", at({5}), 1, {1})}, 0.5, 1);
  CHECK(match(clusters, at({2}))[0].runner_up == -1);
}

TEST_CASE("distances in several dimensions agree with brute force, for many prototypes") {
  std::mt19937_64 random(6);
  std::uniform_real_distribution<float> uniform(0, 1);
  const auto fill = [&](Matrix m) {
    for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = uniform(random);
    return m;
  };
  for (const int count : {1, 63, 64, 65, 200}) {
    const Matrix centres = fill(Matrix(count, 16));
    const Matrix windows = fill(Matrix(9, 16));
    const ReferenceClusters clusters({cluster("a", centres, 0.7F, {1})}, 0.5, 16);
    const auto matches = match(clusters, windows);
    for (Eigen::Index i = 0; i < 9; ++i)
      CHECK(matches[static_cast<std::size_t>(i)].distance ==
            Approx((centres.rowwise() - windows.row(i)).rowwise().norm().minCoeff() / 0.7F)
                .epsilon(1e-5));
  }
}

TEST_CASE("a cluster with too few scores for alpha uses those of all clusters") {
  const std::vector<float> many = normal_scores(1200, 7);
  const std::vector<float> few{0.1F, 0.2F, 0.3F};
  const ReferenceClusters clusters(
      {cluster("normal", at({0}), 1, many), cluster("fault", at({9}), 1, few)}, 0.001, 1);
  CHECK_FALSE(clusters.pooled(0));
  CHECK(clusters.pooled(1));
  std::vector<float> all = many;
  all.insert(all.end(), few.begin(), few.end());
  for (const float s : {0.0F, 0.25F, 0.5F, 1.0F, 9.0F}) {
    CHECK(clusters.p_value(0, s) == Approx(brute_force_p(many, s)));
    CHECK(clusters.p_value(1, s) == Approx(brute_force_p(all, s)));
  }
}

TEST_CASE("1 / alpha - 1 scores suffice, one fewer does not") {
  for (const auto& [count, pooled] : {std::pair{999, false}, {998, true}}) {
    const ReferenceClusters clusters(
        {cluster("a", at({0}), 1, normal_scores(static_cast<std::size_t>(count), 1))}, 0.001, 1);
    CHECK(clusters.pooled(0) == pooled);
  }
}

// The pool takes each cluster's thinned scores as if they were all: the tail of a large cluster,
// kept whole, weighs up to 1/4 of the pool instead of its real share, and p comes out far too
// great.
TEST_CASE("pooled p-values are those of all scores, before thinning") {
  const std::vector<float> many = normal_scores(50000, 8);
  const ReferenceClusters clusters(
      {cluster("normal", at({0}), 1, many), cluster("fault", at({9}), 1, {0.1F})}, 0.001, 1);
  std::vector<float> sorted = many;
  std::sort(sorted.begin(), sorted.end());
  for (const std::size_t rank : {10U, 100U, 400U}) {
    const float s = sorted[sorted.size() - rank];
    CHECK(clusters.p_value(1, s) / brute_force_p(many, s) == Approx(1).epsilon(0.05));
  }
}

TEST_CASE("clusters that cannot be used are refused") {
  const Cluster good = cluster("a", at({0, 1}), 1, {0.5F, 1});
  CHECK_NOTHROW(ReferenceClusters({good}, 0.01, 1));
  const auto refused = [&](auto&& damage) {
    Cluster bad = good;
    damage(bad);
    CHECK_THROWS_AS(ReferenceClusters({bad}, 0.01, 1), std::invalid_argument);
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  refused([](Cluster& c) { c.label = ""; });
  refused([](Cluster& c) { c.prototypes = Matrix(0, 1); });
  refused([](Cluster& c) { c.prototypes = Matrix::Zero(2, 2); });
  refused([&](Cluster& c) { c.prototypes(1, 0) = nan; });
  for (const float radius : {0.0F, -1.0F, nan, infinity})
    refused([&](Cluster& c) { c.radius = radius; });
  refused([](Cluster& c) { c.scores = {1, 0.5F}; });
  refused([](Cluster& c) { c.score_count = 1; });
  CHECK_THROWS_AS(ReferenceClusters({good, good}, 0.01, 1), std::invalid_argument);
  for (const double alpha : {0.0, 1.0, -0.1, std::nan("")})
    CHECK_THROWS_AS(ReferenceClusters({good}, alpha, 1), std::invalid_argument);
}

TEST_CASE("clusters are found by label") {
  const ReferenceClusters clusters({cluster("a", at({0}), 1, {1}), cluster("b", at({0}), 1, {1})},
                                   0.5, 1);
  CHECK(clusters.index("b") == 1);
  CHECK(clusters.index("c") == -1);
}

}  // namespace reference_clusters_test
}  // namespace faultprint::model
