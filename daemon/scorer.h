// Batches of ready windows to verdicts: encoder, reference clusters, outcome.
#pragma once

#include <vector>

#include "daemon/loaded_model.h"
#include "daemon/verdict.h"
#include "ingest/window_store.h"

namespace faultprint::daemon {

// Scratch of one worker.
class Scorer {
 public:
  // One verdict for each completed slot of the batch, in its order.
  const std::vector<Verdict>& score(const ingest::WindowStore& store, const LoadedModel& model);
  // Calibrated distances of the scored rows to every cluster, rows x C.
  const model::Matrix& distances() const { return distances_; }

 private:
  model::DenseEncoder::Scratch scratch_;
  model::Matrix distances_;
  model::Matrix block_distances_;
  std::vector<model::Match> matches_;
  std::vector<model::Match> block_matches_;
  std::vector<Verdict> verdicts_;
};

}  // namespace faultprint::daemon
