// The reference clusters of a trainer's runs.
#pragma once

#include <vector>

#include "model/encoder.h"
#include "model/reference_clusters.h"
#include "model/trainer.h"
#include "model/training_windows.h"

namespace faultprint::model {

// Clusters of the pure windows among `rows` (all of a class that has no pure one).
std::vector<Cluster> make_clusters(const Encoder& encoder, const TrainingWindows& data,
                                   const std::vector<std::size_t>& rows,
                                   const TrainOptions& options);

// Each cluster's scores: how far the pure windows of its label among `rows` lie from it.
void calibrate_clusters(std::vector<Cluster>& clusters, const Encoder& encoder,
                        const TrainingWindows& data, const std::vector<std::size_t>& rows);

}  // namespace faultprint::model
