#include "model/minirocket.h"

#include <doctest/doctest.h>

#include <numeric>
#include <set>

#include "golden.h"

namespace faultprint::model {
namespace minirocket_test {

using doctest::Approx;

TEST_CASE("there are 84 kernels of nine weights, all different, each summing to zero") {
  std::set<std::array<int, 3>> seen;
  for (const auto& twos : MiniRocket::kernels()) {
    seen.insert(twos);
    std::array<int, MiniRocket::kTaps> weights{};
    weights.fill(-1);
    for (const int tap : twos) weights[static_cast<std::size_t>(tap)] = 2;
    CHECK(std::accumulate(weights.begin(), weights.end(), 0) == 0);
  }
  CHECK(seen.size() == 84);
}

TEST_CASE("features agree with the definition's, computed apart") {
  const auto golden = test::golden("features", "minirocket.json");
  std::vector<DilatedKernel> kernels;
  for (const auto& k : golden["kernels"])
    kernels.push_back({k["kernel"], k["dilation"], k["padded"],
                       k["channels"].get<std::vector<int>>(),
                       k["biases"].get<std::vector<float>>()});
  const MiniRocket features(golden["steps"], golden["columns"], kernels);
  const Matrix seen = features(test::matrix_of(golden["windows"]));
  CHECK(test::difference(seen, test::matrix_of(golden["features"])) < 1e-6);
}

TEST_CASE("dilations are those of the authors' code") {
  for (const auto& c : test::golden("dilations", "minirocket.json")) {
    CAPTURE(c.dump());
    const Dilations seen = fit_dilations(c["steps"], c["features_per_kernel"], 32);
    CHECK(seen.dilations == c["dilations"].get<std::vector<int>>());
    CHECK(seen.features == c["features"].get<std::vector<int>>());
  }
}

TEST_CASE("shares lie between 0 and 1, and a window's do not hang on its batch") {
  const Matrix windows = Matrix::Random(37, 20 * 5) * 10;
  const MiniRocket features(windows, 5, 5, {});
  const Matrix seen = features(windows);
  CHECK(features.features() == 9996);
  CHECK(seen.minCoeff() == 0);
  CHECK(seen.maxCoeff() == 1);
  CHECK(seen.mean() == Approx(0.5).epsilon(0.1));  // biases are quantiles
  CHECK(features(windows.middleRows(33, 1)) == seen.row(33));
}

TEST_CASE(
    "the same seed gives the same kernels, another seed others, columns beyond are not read") {
  Matrix windows = Matrix::Random(12, 9 * 4);
  const MiniRocketOptions options{168, 32, 3};
  const Matrix first = MiniRocket(windows, 4, 3, options)(windows);
  CHECK(MiniRocket(windows, 4, 3, options)(windows) == first);
  CHECK(MiniRocket(windows, 4, 3, {168, 32, 4})(windows) != first);
  for (int step = 0; step < 9; ++step) windows.col(step * 4 + 3).setConstant(1e6F);
  CHECK(MiniRocket(windows, 4, 3, options)(windows) == first);
}

TEST_CASE("channels: 1 to 9 of those there are, each once, few more often than many") {
  const Matrix windows = Matrix::Random(3, 9 * 52);
  const MiniRocket features(windows, 52, 52, {84 * 9, 32, 1});
  std::size_t fewest = 99, most = 0, alone = 0;
  for (const DilatedKernel& k : features.dilated_kernels()) {
    CHECK(std::set<int>(k.channels.begin(), k.channels.end()).size() == k.channels.size());
    CHECK(k.channels.back() < 52);
    fewest = std::min(fewest, k.channels.size());
    most = std::max(most, k.channels.size());
    if (k.channels.size() == 1) ++alone;
  }
  CHECK(fewest == 1);
  CHECK(most >= 7);
  CHECK(most <= 9);
  CHECK(alone > 84 / 6);  // log 2 / log 10 of them are expected: 25
}

TEST_CASE("a window shorter than a kernel, and one without a number, are refused") {
  CHECK_THROWS_WITH(MiniRocket(Matrix::Zero(2, 8 * 3), 3, 3, {}),
                    "MiniRocket needs windows of at least 9 slots");
  CHECK_THROWS_WITH(MiniRocket(Matrix::Zero(2, 9 * 3), 3, 0, {}),
                    "MiniRocket needs a KPI that is a number");
}

}  // namespace minirocket_test
}  // namespace faultprint::model
