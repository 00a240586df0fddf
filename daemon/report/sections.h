// The parts of a report, each as the JSON that its page draws: pure functions of a labelled history
// and a model.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/labelled_history.h"
#include "model/class_spread.h"
#include "model/projection.h"

namespace faultprint::daemon::report {

using Json = nlohmann::ordered_json;

// The projection that every picture of a report shares.
model::Projection picture_of(const LabelledHistory& history, std::size_t most_points);

// Windows (at most so many, the same of each label), each cluster's references, its radius.
Json embedding_section(const LabelledHistory& history, const LoadedModel& model,
                       const model::Projection& picture, std::size_t most_points);
// Each epoch of each run; null where the model keeps none.
Json training_section(const LoadedModel& model);
// How far windows of one label lie apart (of different incidents, where it has two), and of two.
Json distances_section(const LabelledHistory& history);
Json confusion_section(const LabelledHistory& history, const LoadedModel& model);
// Of the windows of a known label: which share has a p-value at or below a rate.
Json calibration_section(const LabelledHistory& history, const LoadedModel& model);
// Null where outputs are not bounded.
Json saturation_section(const LabelledHistory& history, const LoadedModel& model);
// Incidents of two types that look most alike, and of one type that look least alike.
Json pairs_section(const LabelledHistory& history, const LoadedModel& model);
// Incidents slot by slot, as many as a page to mail has room for, the one whose delay is the median
// among them; null where there is none.
Json incidents_section(const LabelledHistory& history, const LoadedModel& model,
                       const model::Projection& picture, const AlarmRules& rules);

// Four significant digits; null for what is no number.
Json number(double value);
// Null where there is none.
Json spread_json(const std::optional<model::ClassSpread>& spread);
// Points of a picture (n x k) as a list of lists.
Json coordinates(const model::Matrix& points);

}  // namespace faultprint::daemon::report
