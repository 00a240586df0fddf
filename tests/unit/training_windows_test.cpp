#include "model/training_windows.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

#include "training_data.h"

namespace faultprint::model {
namespace training_windows_test {

constexpr int kWindow = 4;

TEST_CASE("no slot of an element is seen by windows on both sides") {
  const TrainingWindows data = test::training_data({});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Split split = split_by_incident(data, kWindow, 0.25, seed);
    REQUIRE_FALSE(split.validation.empty());
    std::set<std::pair<int, std::int64_t>> held;
    for (const std::size_t i : split.validation)
      for (int back = 0; back < kWindow; ++back)
        held.emplace(data.elements[i], data.slots[i] - back);
    for (const std::size_t i : split.training)
      for (int back = 0; back < kWindow; ++back)
        REQUIRE(held.count({data.elements[i], data.slots[i] - back}) == 0);
  }
}

TEST_CASE("training gives up only what shares a slot with validation") {
  const TrainingWindows data = test::training_data({});
  const Split split = split_by_incident(data, kWindow, 0.25, 3);
  std::set<std::size_t> used(split.training.begin(), split.training.end());
  used.insert(split.validation.begin(), split.validation.end());
  CHECK(used.size() == split.training.size() + split.validation.size());  // on one side only
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (used.count(i) > 0) continue;
    bool near = false;
    for (const std::size_t j : split.validation)
      near = near || (data.elements[i] == data.elements[j] &&
                      std::abs(data.slots[i] - data.slots[j]) < kWindow);
    CHECK(near);
  }
}

TEST_CASE("no incident lies on both sides, whichever elements it struck") {
  TrainingWindows data = test::training_data({});
  for (int& incident : data.incidents)
    if (incident >= 0) incident %= 4;  // each now strikes both elements, several times
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Split split = split_by_incident(data, kWindow, 0.4, seed);
    std::set<int> held;
    for (const std::size_t i : split.validation)
      if (data.labels[i] > 0) held.insert(data.incidents[i]);
    REQUIRE_FALSE(held.empty());
    for (const std::size_t i : split.training)
      if (data.labels[i] > 0) REQUIRE(held.count(data.incidents[i]) == 0);
  }
}

TEST_CASE("about the share of each type's incidents is kept out, and of normal") {
  test::TrainingShape shape;
  shape.slots = 1600;  // 40 incidents of each type on two elements
  const TrainingWindows data = test::training_data(shape);
  for (const double share : {0.25, 0.5}) {
    const Split split = split_by_incident(data, kWindow, share, 5);
    std::map<int, std::set<int>> held;
    std::map<int, double> windows;
    for (const std::size_t i : split.validation) {
      windows[data.labels[i] == 0 ? 0 : 1] += 1;
      if (data.labels[i] > 0) held[data.labels[i]].insert(data.incidents[i]);
    }
    CHECK(held[1].size() == static_cast<std::size_t>(40 * share));
    CHECK(held[2].size() == static_cast<std::size_t>(40 * share));
    double normal = 0;
    for (const int label : data.labels) normal += label == 0 ? 1 : 0;
    CHECK(std::abs(windows[0] / normal - share) < 0.06);
  }
}

TEST_CASE("of two incidents one is kept out, of one none") {
  test::TrainingShape shape;
  shape.elements = 1;
  shape.slots = 120;  // incidents of type 1, 2 and 1
  const TrainingWindows data = test::training_data(shape);
  const Split split = split_by_incident(data, kWindow, 0.01, 5);
  std::set<int> held;
  for (const std::size_t i : split.validation)
    if (data.labels[i] > 0) held.insert(data.incidents[i]);
  REQUIRE(held.size() == 1);
  CHECK((*held.begin() == 0 || *held.begin() == 2));
}

TEST_CASE("without two incidents of any type all is training") {
  test::TrainingShape shape;
  shape.elements = 1;
  shape.slots = 80;
  const TrainingWindows data = test::training_data(shape);
  const Split split = split_by_incident(data, kWindow, 0.5, 5);
  CHECK(split.validation.empty());
  CHECK(split.training.size() == data.size());
}

TEST_CASE("windows that are neither are on neither side") {
  TrainingWindows data = test::training_data({});
  for (std::size_t i = 0; i < data.size(); i += 3) data.labels[i] = TrainingWindows::kUnused;
  const Split split = split_by_incident(data, kWindow, 0.25, 1);
  for (const auto* side : {&split.training, &split.validation})
    for (const std::size_t i : *side) REQUIRE(data.labels[i] != TrainingWindows::kUnused);
  CHECK_FALSE(split.validation.empty());
}

TEST_CASE("one seed gives one split, another seed another") {
  const TrainingWindows data = test::training_data({});
  const Split first = split_by_incident(data, kWindow, 0.25, 1);
  const Split same = split_by_incident(data, kWindow, 0.25, 1);
  const Split other = split_by_incident(data, kWindow, 0.25, 2);
  CHECK(first.training == same.training);
  CHECK(first.validation == same.validation);
  CHECK(first.validation != other.validation);
}

TEST_CASE("rows are taken in the order asked for") {
  Matrix m(3, 2);
  m << 1, 2, 3, 4, 5, 6;
  Matrix expected(3, 2);
  expected << 5, 6, 1, 2, 5, 6;
  CHECK(take_rows(m, {2, 0, 2}) == expected);
  CHECK(take_rows(m, {}).rows() == 0);
}

}  // namespace training_windows_test
}  // namespace faultprint::model
