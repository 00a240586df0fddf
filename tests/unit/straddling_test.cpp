#include "model/straddling.h"

#include <doctest/doctest.h>

#include "training_data.h"

namespace faultprint::model {
namespace straddling_test {

// As the product has them: a fault's window counts as pure from its first slot on.
TrainingWindows made(int incident, int every = 40) {
  test::TrainingShape shape;
  shape.incident = incident;
  shape.every = every;
  TrainingWindows data = test::training_data(shape);
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] > 0) data.pure[i] = 1;
  return data;
}

TEST_CASE("a window straddles a change where a slot of it carries another state than its newest") {
  const TrainingWindows data = made(6);
  const auto straddle = straddling(data, 4);
  REQUIRE(straddle.size() == data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.elements[i] != 0) continue;
    bool other = false;
    for (std::size_t j = i - std::min<std::size_t>(i, 3); j < i; ++j)
      other = other || data.labels[j] != data.labels[i];
    CHECK((straddle[i] != 0) == other);
  }
}

TEST_CASE("fault types that never last for a window are named, longer ones and normal are not") {
  CHECK(check_transitions(made(4), 4).empty());
  const auto warnings = check_transitions(made(3), 4);
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].starts_with("W_TRANSITION_WINDOW: no window of 'loss' lies within it"));
  CHECK(warnings[1].starts_with("W_TRANSITION_WINDOW: no window of 'flap' lies within it"));
}

TEST_CASE("normal that is never left alone for a window is named") {
  TrainingWindows data = made(5, 8);
  // That of the first turn is whole: nothing is known of what was before.
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] == 0 && data.slots[i] < 100008) data.labels[i] = TrainingWindows::kUnused;
  const auto warnings = check_transitions(data, 4);
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].starts_with("W_TRANSITION_WINDOW: no window of 'normal'"));
}

TEST_CASE("series shorter than a window show no change") {
  TrainingWindows data = made(6);
  for (std::size_t i = 0; i < data.size(); ++i) {  // each its own element
    data.elements[i] = static_cast<int>(i);
    data.pure[i] = 0;
  }
  CHECK(check_transitions(data, 4).empty());
}

}  // namespace straddling_test
}  // namespace faultprint::model
