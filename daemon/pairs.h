// Labelled pairs: what an operator says of two windows, as training data. A CSV file with a header,
// in one of two forms:
//   element_a,time_a,element_b,time_b,same    two windows of the history
//   <2 x T x columns numbers>,same            two windows written out, oldest slot first, the cells
//                                             of a slot in the order of the KPIs; states and texts
//                                             as token numbers behind them
// `same`: 1, yes, same, true; or 0, no, different, false. The column may be called `class`, too.
#pragma once

#include <string>
#include <vector>

#include "daemon/dataset.h"

namespace faultprint::daemon {

// std::runtime_error "file:line: column: what is wrong"; a named window that the history does not
// have (or that could not be scored) is an error, too.
model::TrainingPairs read_pairs(const config::Config& config, const config::InputSpec& input,
                                const std::vector<std::string>& history, const std::string& file);

}  // namespace faultprint::daemon
