#include "model/familiarity.h"

#include <doctest/doctest.h>

#include <random>

#include "hand_made_model.h"

namespace faultprint::model {
namespace familiarity_test {

constexpr ShapeLayout kLayout{3, 2};  // two numbers and a token
constexpr int kSlots = 6;

// A window whose newest slots have these deviations, the older ones `before`.
std::vector<float> window(float a, float b, float before = 0, float token = 7) {
  std::vector<float> cells;
  for (int t = 0; t < kSlots; ++t) {
    const bool newest = t >= kSlots - Familiarity::kNewest;
    cells.insert(cells.end(), {newest ? a : before, newest ? b : before, token});
  }
  return cells;
}

void add(LabelledWindows& to, const std::vector<float>& cells, int label) {
  const auto width = static_cast<Eigen::Index>(cells.size());
  to.windows.conservativeResize(to.windows.rows() + 1, width);
  to.windows.bottomRows(1) = Eigen::Map<const Matrix>(cells.data(), 1, width);
  to.labels.push_back(label);
}

// Normal stands still; the one fault known moves the first KPI up by 9.
LabelledWindows references() {
  LabelledWindows known;
  for (int i = 0; i < 3; ++i) add(known, window(0, 0), 0);
  for (int i = 0; i < 3; ++i) add(known, window(9, 0), 1);
  return known;
}

ShapeScores scores(int count) {
  ShapeScores result;
  for (int i = 0; i < count; ++i) result.greatest.push_back(static_cast<float>(i) / 100);
  result.count = count;
  return result;
}

TEST_CASE("a shape is the signed root of each KPI's mean over the newest slots") {
  const Familiarity familiarity(references(), scores(200), 0.01, kLayout);
  CHECK(familiarity.distance(window(0, 0)) == 0);
  CHECK(familiarity.distance(window(9, 0)) == 0);                         // as the known fault
  CHECK(familiarity.distance(window(0, 4)) == doctest::Approx(2));        // sqrt 4
  CHECK(familiarity.distance(window(0, -4)) == doctest::Approx(2));       // either way
  CHECK(familiarity.distance(window(-9, 0)) == doctest::Approx(3));       // 6 from the fault
  CHECK(familiarity.distance(window(9, 0.25F)) == doctest::Approx(0.5));  // sqrt .25
  CHECK(familiarity.distance(window(0, 0, 9)) == 0);                      // old slots say nothing
  CHECK(familiarity.distance(window(0, 0, 0, 5)) == 0);                   // nor do tokens
}

TEST_CASE("p counts the calibration distances that are as great, and the window itself") {
  const Familiarity familiarity(references(), scores(200), 0.01, kLayout);
  CHECK(familiarity.p_value(0) == 1);
  CHECK(familiarity.p_value(1.90F) == doctest::Approx(11 / 201.0));
  CHECK(familiarity.p_value(1.99F) == doctest::Approx(2 / 201.0));
  CHECK(familiarity.p_value(2) == doctest::Approx(1 / 201.0));
  CHECK(familiarity.unfamiliar(familiarity.p_value(1.99F)));
  CHECK_FALSE(familiarity.unfamiliar(familiarity.p_value(1.98F)));  // 3 of 201
  CHECK(familiarity.radius() == doctest::Approx(1.89));             // exceeded by 10 of 200
  const Familiarity few(references(), scores(98), 0.01, kLayout);
  CHECK_FALSE(few.unfamiliar(few.p_value(100)));  // 1 / 99 is not as rare as that
}

TEST_CASE("what knows nothing finds everything familiar") {
  const Familiarity nothing;
  CHECK_FALSE(nothing.known());
  CHECK(nothing.distance(window(9, 9)) == 0);
  CHECK(nothing.p_value(100) == 1);
  CHECK_FALSE(nothing.unfamiliar(0));
}

TEST_CASE("scores that cannot be, or nothing to compare with, are refused") {
  CHECK_THROWS_AS(Familiarity({}, scores(9), 0.1, kLayout), std::invalid_argument);
  CHECK_THROWS_AS(Familiarity(references(), {}, 0.1, kLayout), std::invalid_argument);
  CHECK_THROWS_AS(Familiarity(references(), {{2, 1}, 2}, 0.1, kLayout), std::invalid_argument);
  CHECK_THROWS_AS(Familiarity(references(), {{1, 2}, 1}, 0.1, kLayout), std::invalid_argument);
  CHECK_THROWS_AS(Familiarity(references(), scores(9), 0.1, {1, 0}), std::invalid_argument);
}

// Elements 0 .. n-1 with a normal window each slot: of even ones 0, of odd ones `odd`.
TrainingWindows training(int elements, float odd) {
  LabelledWindows rows;
  TrainingWindows data;
  for (int e = 0; e < elements; ++e) {
    for (int slot = 0; slot < 200; ++slot) {
      add(rows, window(e % 2 == 0 ? 0 : odd, 0), 0);
      data.elements.push_back(e);
      data.slots.push_back(slot);
    }
  }
  add(rows, window(9, 0), 1);  // a fault, on an element of the side that is measured
  data.elements.push_back(1);
  data.slots.push_back(300);
  data.windows = rows.windows;
  data.labels = rows.labels;
  data.class_names = {"normal", "x"};
  return data;
}

TEST_CASE("normal windows are measured by the shapes of other elements") {
  const TrainingWindows data = training(4, 0.25F);
  std::vector<std::uint8_t> still(data.size(), 0);
  ShapeScores told = shape_scores(data, still, kLayout, kSlots);
  CHECK(told.count == 400);  // of elements 1 and 3
  CHECK(told.greatest.front() == doctest::Approx(0.5));
  CHECK(told.greatest.back() == doctest::Approx(0.5));
  for (std::size_t i = 0; i < data.size(); ++i) still[i] = data.elements[i] == 3 ? 1 : 0;
  told = shape_scores(data, still, kLayout, kSlots);
  CHECK(told.count == 400);
  CHECK(told.greatest.front() == 0);  // nobody will ask
  CHECK(told.greatest.back() == doctest::Approx(0.5));
}

TEST_CASE("of normal, windows in which something moves are what others are compared with") {
  const std::vector<int> labels = {0, 0, 1, TrainingWindows::kUnused, 0, 2};
  CHECK(telling_rows(labels, {1, 0, 1, 0, 1, 0}) == std::vector<std::size_t>{1, 2, 5});
  CHECK(telling_rows(labels, {1, 1, 1, 0, 1, 0}) == std::vector<std::size_t>{0, 1, 2, 4, 5});
}

TEST_CASE("of one element alone, every second stretch of its time is measured") {
  TrainingWindows data = training(1, 0);
  for (std::int64_t& slot : data.slots)  // ten in each stretch
    slot = slot / 10 * normal_stretch(kSlots) + slot % 10;
  const ShapeScores told =
      shape_scores(data, std::vector<std::uint8_t>(data.size(), 0), kLayout, kSlots);
  CHECK(told.count == 100);
}

TEST_CASE("without normal on both sides there are no scores") {
  TrainingWindows data = training(2, 0);
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.elements[i] == 0 || data.slots[i] > 20) data.labels[i] = TrainingWindows::kUnused;
  CHECK(shape_scores(data, std::vector<std::uint8_t>(data.size(), 0), kLayout, kSlots).count == 0);
}

TEST_CASE("of very many scores the greatest are kept, and all are counted") {
  const TrainingWindows data = training(60, 1);
  const ShapeScores told =
      shape_scores(data, std::vector<std::uint8_t>(data.size(), 0), kLayout, kSlots);
  CHECK(told.count == 6000);
  CHECK(told.greatest.size() == ShapeScores::kMost);
}

}  // namespace familiarity_test
}  // namespace faultprint::model
