#include "daemon/below_baseline.h"

#include <cstdio>

namespace faultprint::daemon {
namespace {

std::string what_it_is(const std::string& baseline) {
  if (baseline == "1nn") return "gives each window the name of the training window most like it";
  if (baseline == "nearest_class_mean")
    return "gives each window the fault type whose average window is nearest";
  if (baseline == "minirocket")
    return "names windows by many random patterns and a linear classifier";
  return "is a simple method";
}

std::string what_it_means(const std::optional<bool>& may_be_chance) {
  if (may_be_chance == true)
    return "The difference may be chance: this history does not show which of the two names faults "
           "better";
  return std::string(may_be_chance ? "The difference is more than chance: on" : "On") +
         " this history that names faults better, so take the fault type of this model's alarms as "
         "a hint, and look at the KPIs they name";
}

std::string text_of(const BelowBaseline& below) {
  char figures[128];
  std::snprintf(figures, sizeof figures, "macro-F1 %.3f is below the %.3f of ", below.model_f1,
                below.baseline_f1);
  return figures + below.baseline + below.spread + ", a yardstick that " +
         what_it_is(below.baseline) + ". " + what_it_means(below.may_be_chance);
}

// Macro-F1 is of windows, and an operator sees alarms.
constexpr const char* kAdvice =
    ". Whether alarms come, and how many are false, is told by the table's `named` and `false`, "
    "for both: where those are better, the model serves all the same. To try: more incidents of "
    "the types with the lowest F1; times of incidents that end where their effect does (windows "
    "after it count as missed); KPIs that show these faults; `train --loss triplet`";

}  // namespace

std::vector<std::string> below_baseline_texts(const std::vector<BelowBaseline>& found) {
  std::vector<std::string> texts;
  for (const BelowBaseline& below : found) texts.push_back(text_of(below));
  if (!texts.empty()) texts.back() += kAdvice;
  return texts;
}

}  // namespace faultprint::daemon
