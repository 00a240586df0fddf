#include "model/signatures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace faultprint::model {
namespace signatures_test {

constexpr int kSlots = 12;
constexpr int kKpis = 6;

TEST_CASE("a signature moves 1 to most_kpis KPIs, by sizes within the bounds, both ways") {
  CurriculumOptions options;
  Random random(1);
  int up = 0;
  int down = 0;
  for (int i = 0; i < 500; ++i) {
    const Signature s = draw_signature(options, kKpis, random);
    REQUIRE(s.sizes.size() == kKpis);
    int moving = 0;
    for (const float size : s.sizes) {
      if (size == 0) continue;
      ++moving;
      (size > 0 ? up : down) += 1;
      CHECK(std::abs(size) >= static_cast<float>(options.least_size) - 1e-4F);
      CHECK(std::abs(size) <= static_cast<float>(options.greatest_size) + 1e-4F);
    }
    CHECK(moving >= 1);
    CHECK(moving <= options.most_kpis);
  }
  CHECK(std::abs(up - down) < 0.2 * (up + down));
  const Signature single = draw_signature(options, 1, random);
  CHECK(single.sizes[0] != 0);
}

TEST_CASE("slots before the onset are left alone, the others move as the shape has it") {
  std::vector<float> window(kSlots * kKpis, 0.5F);
  Signature s;
  s.sizes.assign(kKpis, 0.0F);
  s.sizes[2] = -4;
  lay_over(s, 9, 1, window.data(), kSlots, kKpis);
  for (int t = 0; t < kSlots; ++t)
    for (int k = 0; k < kKpis; ++k)
      CHECK(window[static_cast<std::size_t>(t * kKpis + k)] == (k == 2 && t >= 9 ? -3.5F : 0.5F));
  s.shape = SignatureShape::spike;
  std::fill(window.begin(), window.end(), 0.0F);
  lay_over(s, 6, 1, window.data(), kSlots, kKpis);
  CHECK(window[6 * kKpis + 2] == -4);
  CHECK(std::abs(window[11 * kKpis + 2]) < 2);
  s.sizes[2] = 9;
  s.shape = SignatureShape::step;
  lay_over(s, 0, 1.3F, window.data(), kSlots, kKpis);
  CHECK(*std::max_element(window.begin(), window.end()) <= 10);  // clipped as deviations are
}

TEST_CASE("columns of tokens are never touched") {
  CurriculumOptions options;
  options.signatures = 40;
  Random random(3);
  constexpr int kColumns = kKpis + 3;
  Matrix normal(1, kSlots * kColumns);
  for (Eigen::Index i = 0; i < normal.size(); ++i)
    normal(0, i) = i % kColumns < kKpis ? 0.0F : static_cast<float>(i);
  Matrix windows;
  std::vector<int> labels;
  draw_pseudo_faults(options, normal, kSlots, kKpis, 1, random, windows, labels);
  bool moved = false;
  for (Eigen::Index i = 0; i < windows.cols(); ++i) {
    const bool same = (windows.col(i).array() == normal(0, i)).all();
    if (i % kColumns >= kKpis) CHECK(same);
    moved = moved || !same;
  }
  CHECK(moved);
}

TEST_CASE("windows of a batch: as many as asked for, each signature with its own number") {
  CurriculumOptions options;
  options.signatures = 7;
  options.windows_per_signature = 3;
  Random random(3);
  const Matrix normal = Matrix::Zero(5, kSlots * kKpis);
  Matrix windows;
  std::vector<int> labels;
  draw_pseudo_faults(options, normal, kSlots, kKpis, 4, random, windows, labels);
  REQUIRE(windows.rows() == 21);
  REQUIRE(labels.size() == 21);
  for (int i = 0; i < 21; ++i) {
    CHECK(labels[static_cast<std::size_t>(i)] == 4 + i / 3);
    CHECK(windows.row(i).cwiseAbs().maxCoeff() > 0.1F);
  }
  // On a background of zeros, windows of one signature move the same KPIs the same way.
  for (int i = 0; i < 21; i += 3)
    for (int k = 0; k < kKpis; ++k) {
      const auto last = [&](int row) { return windows(row, (kSlots - 1) * kKpis + k); };
      CHECK((last(i) == 0) == (last(i + 1) == 0));
      CHECK((last(i) == 0) == (last(i + 2) == 0));
    }
}

TEST_CASE("some signatures are another one's mirror image") {
  CurriculumOptions options;
  options.signatures = 2;
  options.mirrored_share = 1;
  options.windows_per_signature = 2;
  options.ongoing_share = 0;
  Random random(4);
  Matrix windows;
  std::vector<int> labels;
  draw_pseudo_faults(options, Matrix::Zero(1, kSlots * kKpis), kSlots, kKpis, 1, random, windows,
                     labels);
  const auto sum_of = [&](int row, int kpi) {
    float sum = 0;
    for (int t = kSlots - 6; t < kSlots; ++t) sum += windows(row, t * kKpis + kpi);
    return sum;
  };
  for (int k = 0; k < kKpis; ++k) CHECK(sum_of(0, k) * sum_of(2, k) <= 0);
}

TEST_CASE("a sibling is another signature but for one KPI") {
  CurriculumOptions options;
  options.signatures = 200;
  options.mirrored_share = 0;
  options.sibling_share = 1;  // each of the one before
  options.windows_per_signature = 2;
  options.ongoing_share = 1;
  Random random(4);
  Matrix windows;
  std::vector<int> labels;
  draw_pseudo_faults(options, Matrix::Zero(1, kSlots * kKpis), kSlots, kKpis, 1, random, windows,
                     labels);
  for (int s = 1; s < options.signatures; ++s) {
    int changed = 0;
    for (int k = 0; k < kKpis; ++k) {
      const auto sign = [&](int signature) {
        const float v = windows(2 * signature, (kSlots - 1) * kKpis + k);
        return v > 0 ? 1 : (v < 0 ? -1 : 0);
      };
      changed += sign(s) != sign(s - 1) ? 1 : 0;
    }
    CHECK(changed <= 1);
  }
}

TEST_CASE("made-up backgrounds look like deviations: centred, of about unit size, some constant") {
  Random random(5);
  const Matrix windows = draw_backgrounds(400, kSlots, kKpis, random);
  CHECK(std::abs(windows.mean()) < 0.3F);
  CHECK(std::sqrt(windows.array().square().mean()) == doctest::Approx(0.9).epsilon(0.4));
  int constant = 0;
  for (Eigen::Index i = 0; i < windows.rows(); ++i)
    for (int k = 0; k < kKpis; ++k) {
      bool zero = true;
      for (int t = 0; t < kSlots; ++t) zero = zero && windows(i, t * kKpis + k) == 0;
      constant += zero ? 1 : 0;
    }
  CHECK(constant > 0.1 * 400 * kKpis);
  CHECK(constant < 0.5 * 400 * kKpis);
}

TEST_CASE("shapes are drawn as often as they are weighed, and those of weight 0 never") {
  const auto counts = [](const CurriculumOptions& options) {
    Random random(5);
    std::array<int, kSignatureShapes> drawn{};
    for (int i = 0; i < 1000; ++i)
      ++drawn[static_cast<std::size_t>(draw_signature(options, kKpis, random).shape)];
    return drawn;
  };
  CurriculumOptions options;
  const auto all = counts(options);
  for (std::size_t i = 0; i < all.size(); ++i)
    CHECK(std::abs(all[i] - 100 * options.shapes[i]) < 50);
  options.shapes = {0, 3, 0, 1, 0};
  const auto two = counts(options);
  CHECK(two[0] + two[2] + two[4] == 0);
  CHECK(std::abs(two[1] - 750) < 50);
  options.shapes = {0, 0, 1, 0, 0};
  CHECK(counts(options)[2] == 1000);
}

TEST_CASE("one seed draws one batch") {
  CurriculumOptions options;
  Random a(8);
  Random b(8);
  Matrix first;
  Matrix second;
  std::vector<int> labels;
  const Matrix normal = Matrix::Random(20, kSlots * kKpis);
  draw_pseudo_faults(options, normal, kSlots, kKpis, 1, a, first, labels);
  draw_pseudo_faults(options, normal, kSlots, kKpis, 1, b, second, labels);
  CHECK(first == second);
}

}  // namespace signatures_test
}  // namespace faultprint::model
