// All that a report's page draws, as one JSON document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "daemon/report/labelled_history.h"
#include "daemon/report/loss_course.h"

namespace faultprint::daemon::report {

// Windows of a picture; beyond it they are sampled, and the page says so.
constexpr std::size_t kMostPoints = 2400;
constexpr std::size_t kMostFollowed = 600;

// Of a model on a labelled history.
nlohmann::ordered_json model_document(const LabelledHistory& history, const LoadedModel& model,
                                      const AlarmRules& rules);

// Of losses side by side, on the data they were trained with.
nlohmann::ordered_json comparison_document(const Dataset& data, const model::TrainOptions& options,
                                           const CourseSample& sample,
                                           const std::vector<LossCourse>& courses);

}  // namespace faultprint::daemon::report
