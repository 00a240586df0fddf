#include "model/known_incidents.h"

#include <doctest/doctest.h>

namespace faultprint::model {
namespace known_incidents_test {

Cluster cluster(const std::string& label, const std::vector<float>& at,
                const std::vector<Origin>& origins) {
  Cluster c;
  c.label = label;
  c.prototypes = Matrix(static_cast<Eigen::Index>(at.size()), 1);
  for (std::size_t i = 0; i < at.size(); ++i) c.prototypes(static_cast<Eigen::Index>(i), 0) = at[i];
  c.origins = origins;
  c.radius = 0.5F;
  return c;
}

const Origin kFirst{"leaf1", 100};
const Origin kSecond{"leaf1", 200};
const Origin kOther{"leaf6", 100};

ReferenceClusters three() {
  return {
      {cluster("normal", {0}, {}), cluster("loss", {0.5F, 0.7F, 0.9F}, {kFirst, kSecond, kFirst}),
       cluster("flap", {0.6F, 0.1F}, {{}, kOther})},
      0.01,
      1};
}

TEST_CASE("the nearest known incidents come first, each once, by its nearest prototype") {
  const float embedding[] = {0.8F};
  const auto nearest = nearest_incidents(three(), embedding, 9);
  REQUIRE(nearest.size() == 3);
  CHECK(nearest[0].cluster == 1);
  CHECK(nearest[0].distance == doctest::Approx(0.2));  // in radii
  CHECK(nearest[1].distance == doctest::Approx(0.2));
  CHECK(nearest[2].origin == kOther);
  CHECK(nearest[2].distance == doctest::Approx(1.4));
  CHECK(nearest_incidents(three(), embedding, 2).size() == 2);
}

TEST_CASE("a prototype whose incident is not known is no known incident") {
  const float embedding[] = {0.6F};
  for (const KnownIncident& known : nearest_incidents(three(), embedding, 9))
    CHECK_FALSE(known.origin.element.empty());
  CHECK(known_incidents(three().clusters()[0]).empty());
  CHECK(known_incidents(three().clusters()[1]) == std::vector<Origin>{kFirst, kSecond});
  CHECK(known_incidents(three().clusters()[2]) == std::vector<Origin>{kOther});
}

TEST_CASE("a cluster where some prototypes lack an entry is refused") {
  CHECK_THROWS_AS(ReferenceClusters({cluster("loss", {0, 1}, {kFirst})}, 0.01, 1),
                  std::invalid_argument);
}

}  // namespace known_incidents_test
}  // namespace faultprint::model
