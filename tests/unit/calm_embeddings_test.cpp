#include "model/calm_embeddings.h"

#include <doctest/doctest.h>

#include <random>

namespace faultprint::model {
namespace calm_embeddings_test {

Matrix about(float centre, int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(centre, 0.05F);
  Matrix points(count, 4);
  for (float& x : points.reshaped()) x = normal(random);
  return points;
}

TEST_CASE("calm embeddings hold about their quantile of further ones, and none from elsewhere") {
  const CalmEmbeddings calm(about(0.2F, 2000, 1), 0.9, 1);
  REQUIRE(calm.known());
  int inside = 0;
  for (const auto x : calm.contains(about(0.2F, 2000, 2))) inside += x;
  CHECK(inside > 1700);
  CHECK(inside < 1900);
  for (const auto x : calm.contains(about(0.8F, 100, 3))) CHECK(x == 0);
}

TEST_CASE("a handful of calm embeddings tells nothing") {
  CHECK_FALSE(CalmEmbeddings(about(0.2F, 39, 1), 0.95, 1).known());
  CHECK_FALSE(CalmEmbeddings().known());
}

}  // namespace calm_embeddings_test
}  // namespace faultprint::model
