// An evaluation's figures as JSON, for what writes them into a larger document.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/evaluation_run.h"

namespace faultprint::daemon {

// Without seed and model. A mean (no classes) has no per_class and no confusion.
nlohmann::ordered_json figures_json(const EvaluationResult& result);
// [low, high], or null.
nlohmann::ordered_json interval_json(const MethodIntervals::Maybe& interval);

}  // namespace faultprint::daemon
