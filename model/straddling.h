// Windows that reach over a change of state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/training_windows.h"

namespace faultprint::model {

// Of each window: does one of its slots carry another state than its newest? A window of an
// incident does that ends less than a window after the incident's first, where the element was seen
// before; one of normal that reaches back into an incident. What no row of the data tells is no
// change.
std::vector<std::uint8_t> straddling(const TrainingWindows& data, int window);

// "W_TRANSITION_WINDOW: ..." for each label all of whose references straddle a change. References
// are its pure windows; all where there is none.
std::vector<std::string> check_transitions(const TrainingWindows& data, int window);

}  // namespace faultprint::model
