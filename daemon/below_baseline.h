// What to say where a model's macro-F1 is below that of a simple method on the same windows.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace faultprint::daemon {

struct BelowBaseline {
  std::string baseline;  // as in EvaluationResult::baselines
  double model_f1 = 0;
  double baseline_f1 = 0;
  std::string spread = {};  // in how many parts, where there are several
  // Whether the 95 % interval of the difference reaches 0; none: it is not known.
  std::optional<bool> may_be_chance = {};
};

// A text for each: both figures, what the simple method is and what the difference says of alarms.
// The last one has what to do about it.
std::vector<std::string> below_baseline_texts(const std::vector<BelowBaseline>& found);

}  // namespace faultprint::daemon
