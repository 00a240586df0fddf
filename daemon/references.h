// The training windows that a model keeps as references, and what is told by how they look: see
// model/familiarity.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/dataset.h"
#include "model/familiarity.h"
#include "model/reference_clusters.h"
#include "model/resemblance.h"

namespace faultprint::daemon {

// Rows of `data` that become references, ascending: all that have a label, or the same share of
// normal and faults where there are too many, so that a neighbour's vote keeps the real rates.
std::vector<std::size_t> reference_rows(const model::TrainingWindows& data, std::uint64_t seed);

// How far normal windows lie from what looks familiar among these references (rows of the data's
// windows); nothing where that cannot be told.
std::optional<model::ShapeScores> shape_scores_of(const Dataset& data,
                                                  const std::vector<std::size_t>& references);

// Why scores cannot serve a false-alarm rate of alpha; empty where they can, or where windows have
// no shapes at all (a baseline of none).
std::string shape_warning(const std::optional<model::ShapeScores>& scores, double alpha,
                          const config::InputSpec& input);

// What of these references tells the familiar; it knows nothing where there are no scores.
model::Familiarity familiarity_of(const model::LabelledWindows& references,
                                  const std::optional<model::ShapeScores>& scores, double alpha,
                                  const config::InputSpec& input, float calm_deviation);

// What of these references (labels: their names) tells the types that the encoder has seen too little
// of; none where the input has states or texts, which have no shape.
model::Resemblance resemblance_of(const model::LabelledWindows& references,
                                  const std::vector<std::string>& labels,
                                  const model::ReferenceClusters& clusters,
                                  const config::InputSpec& input, float calm_deviation);

}  // namespace faultprint::daemon
