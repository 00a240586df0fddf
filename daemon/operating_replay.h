// Measures the operating curve: the history of training, each window judged by a model that it took
// no part in, under one setting of the alarm rules after another.
#pragma once

#include <vector>

#include "daemon/dataset.h"
#include "daemon/operating_curve.h"
#include "model/cross_fit.h"

namespace faultprint::daemon {

struct CrossJudges {
  std::vector<model::CrossFit> models;  // one a fold
  const model::Folds& folds;
  const std::vector<std::size_t>& references;  // rows of the data that the whole model keeps
};

// clusters: of the whole model, whose labels the alarms have. Reads the history once. A raise that
// is configured is tried beside the usual ones: what it costs can be told, and changed later.
OperatingCurve measure_operating_curve(const config::Config& config, const Dataset& data,
                                       const DataFiles& files, const ingest::Incidents& incidents,
                                       const model::ReferenceClusters& clusters,
                                       const CrossJudges& judges, const Progress& progress);

}  // namespace faultprint::daemon
