#include "model/resemblance.h"

#include <doctest/doctest.h>

namespace faultprint::model {
namespace resemblance_test {

constexpr ShapeLayout kLayout{2, 2};
constexpr int kSlots = 8;
constexpr int kNormal = 0;
constexpr int kFlap = 1;
constexpr int kLoss = 2;

// Both KPIs have held these deviations for so many slots.
std::vector<float> window(float a, float b, int held = kSlots) {
  std::vector<float> cells;
  for (int t = 0; t < kSlots; ++t) {
    const bool moved = t >= kSlots - held;
    cells.insert(cells.end(), {moved ? a : 0, moved ? b : 0});
  }
  return cells;
}

struct References {
  LabelledWindows windows;
  std::vector<std::uint8_t> still;

  void add(const std::vector<float>& cells, int label, int times = 3) {
    const auto width = static_cast<Eigen::Index>(cells.size());
    for (int i = 0; i < times; ++i) {
      windows.windows.conservativeResize(windows.windows.rows() + 1, width);
      windows.windows.bottomRows(1) = Eigen::Map<const Matrix>(cells.data(), 1, width);
      windows.labels.push_back(label);
      bool moves = false;
      for (const float cell : cells) moves = moves || cell != 0;
      still.push_back(moves ? 0 : 1);
    }
  }
  Resemblance resemblance(std::vector<std::uint8_t> few, bool normal_known = false) const {
    return {windows, still, std::move(few), kNormal, kLayout, normal_known};
  }
};

// Normal stands still; a flap moves the first KPI down, a loss the second up.
References known() {
  References references;
  references.add(window(0, 0), kNormal, 8);
  references.add(window(-4, 0), kFlap);
  references.add(window(0, 9), kLoss);
  return references;
}

int resembled(const Resemblance& resemblance, const std::vector<float>& cells) {
  float distances[3];
  return resemblance.resembled(cells, distances);
}

TEST_CASE("a window resembles the fault that explains at least half of what it does") {
  const Resemblance resemblance = known().resemblance({0, 1, 1});
  REQUIRE(resemblance.known());
  CHECK(resembled(resemblance, window(-4, 0)) == kFlap);
  CHECK(resembled(resemblance, window(-9, 0)) == kFlap);    // the same, and more of it
  CHECK(resembled(resemblance, window(0, 5)) == kLoss);     // or less
  CHECK(resembled(resemblance, window(0, 0)) == kNormal);   // nothing moves
  CHECK(resembled(resemblance, window(-4, 3)) == kFlap);    // 3 of 7 are something else
  CHECK(resembled(resemblance, window(-4, 5)) != kFlap);    // 5 of 9 are
  CHECK(resembled(resemblance, window(4, 0)) == kNormal);   // the other way
  CHECK(resembled(resemblance, window(9, -9)) == kNormal);  // nearer to a flap than to nothing? no
  CHECK(resembled(resemblance, window(-4, -9)) == kNormal);
}

TEST_CASE("normal that moves likewise is nearer than a fault") {
  References references = known();
  references.add(window(-4, 1), kNormal);
  const Resemblance resemblance = references.resemblance({0, 1, 1});
  CHECK(resembled(resemblance, window(-4, 1)) == kNormal);
  CHECK(resembled(resemblance, window(-4, 0)) == kFlap);
}

TEST_CASE("distances are in radii, and less to a fault than to normal where it is resembled") {
  References references = known();
  references.add(window(-6.25F, 0), kFlap);  // .5 further, by each of the two shapes
  const Resemblance resemblance = references.resemblance({0, 1, 0});
  float distances[3];
  REQUIRE(resemblance.resembled(window(-4, 0), distances) == kFlap);
  CHECK(distances[kFlap] == doctest::Approx(0));
  CHECK(distances[kNormal] > 1);
  CHECK(distances[kLoss] > distances[kNormal]);
  CHECK(resemblance.resembled(window(4, 0), distances) == kNormal);
  CHECK(distances[kNormal] < distances[kFlap]);
}

TEST_CASE("a type that the encoder names need not explain half where normal is known") {
  const auto agrees = [](bool normal_known, int cluster, const std::vector<float>& cells) {
    const Resemblance resemblance = known().resemblance({0, 1, 1}, normal_known);
    float distances[3];
    resemblance.resembled(cells, distances);
    return resemblance.agrees(cluster, distances);
  };
  CHECK(agrees(false, kFlap, window(-4, 3)));
  CHECK_FALSE(agrees(false, kFlap, window(-4, -6)));  // 6 of 10 are something else
  CHECK(agrees(true, kFlap, window(-4, -6)));
  CHECK_FALSE(agrees(true, kFlap, window(4, 0)));   // nearer to normal
  CHECK_FALSE(agrees(true, kFlap, window(-4, 9)));  // and to a loss
  CHECK(agrees(true, kLoss, window(-4, 9)));
}

TEST_CASE("types that rest on more incidents are not told by shape, but may be resembled") {
  const Resemblance resemblance = known().resemblance({0, 1, 0});
  CHECK(resemblance.known());
  CHECK(resemblance.tells(kFlap));
  CHECK_FALSE(resemblance.tells(kLoss));
  CHECK_FALSE(resemblance.tells(kNormal));
  CHECK(resembled(resemblance, window(0, 9)) == kLoss);
  CHECK_FALSE(known().resemblance({0, 0, 0}).known());
  CHECK_FALSE(Resemblance().known());
}

TEST_CASE("a type without a moving window is not told by shape") {
  References references;
  references.add(window(0, 0), kNormal, 8);
  references.add(window(0, 0), kFlap);
  CHECK_FALSE(references.resemblance({0, 1, 0}).known());
}

TEST_CASE("of a type without a moving window shape says nothing, for it or against") {
  References references = known();
  const int hidden = 3;
  references.add(window(0, 0), hidden);
  const Resemblance resemblance = references.resemblance({0, 1, 0, 1}, true);
  CHECK_FALSE(resemblance.tells(hidden));
  float distances[4];
  for (const auto& cells : {window(-4, 0), window(4, 0), window(0, 0)}) {
    CHECK(resemblance.resembled(cells, distances) != hidden);
    // What an alarm adds up: distance to normal less distance to the type.
    CHECK(distances[hidden] == doctest::Approx(distances[kNormal]).epsilon(1e-5));
    CHECK(distances[hidden] > distances[kNormal]);
  }
  // Nor does it take away what the encoder names and explains less than half.
  resemblance.resembled(window(-4, -6), distances);
  REQUIRE(distances[kFlap] > distances[hidden]);
  CHECK(resemblance.agrees(kFlap, distances));
}

TEST_CASE("where normal moves more often than it stands still no type is told by shape") {
  References references = known();
  references.add(window(2, 2), kNormal, 8);
  CHECK(references.resemblance({0, 1, 1}).known());
  references.add(window(2, 2), kNormal, 1);
  CHECK_FALSE(references.resemblance({0, 1, 1}).known());
}

TEST_CASE("what has just begun is told from what has held for a window") {
  References references = known();
  references.add(window(-4, 0, Resemblance::kNewest), kNormal);
  const Resemblance resemblance = references.resemblance({0, 1, 1});
  CHECK(resembled(resemblance, window(-4, 0, Resemblance::kNewest)) == kNormal);
  CHECK(resembled(resemblance, window(-4, 0)) == kFlap);
}

}  // namespace resemblance_test
}  // namespace faultprint::model
