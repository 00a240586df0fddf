// Batches of ready windows to verdicts: encoder, reference clusters, outcome. The windows of all
// stores of a worker go through the encoder together, so that many small partitions cost no more
// than one.
#pragma once

#include <span>
#include <vector>

#include "daemon/loaded_model.h"
#include "daemon/verdict.h"
#include "ingest/window_store.h"

namespace faultprint::daemon {

// Whether a window is nearer to that cluster than to normal by the margin (radii).
inline bool clears_margin(int nearest, const float* distances, int normal, float margin) {
  return distances[normal] - distances[nearest] >= margin;
}

// What weighs labels beside their distances: see AlarmRules.
struct Weights {
  float margin = 0;
  std::span<const float> penalties = {};  // of each cluster; empty: none
};

// Scratch of one worker.
class Scorer {
 public:
  // Embeds and matches every ready window of the stores' batches, which must stay as they are until
  // their verdicts are taken.
  void score(std::span<const ingest::WindowStore* const> stores, const LoadedModel& model);

  // After score(): one verdict for each completed slot of the store at this place, in order. Valid
  // until the next call.
  const std::vector<Verdict>& verdicts(std::size_t place, const ingest::WindowStore& store,
                                       const LoadedModel& model, const Weights& weights);
  // What these windows (B x (T * columns)) would be called, of no element and time. Valid until the
  // next call.
  const std::vector<Verdict>& verdicts(const model::Matrix& windows, const LoadedModel& model);
  // Calibrated distances to every cluster (C values) of a row of that store's batch; with the
  // penalties of their priors once its verdicts are there.
  const float* distances(std::size_t place, std::int32_t row) const {
    return distances_.data() + (first_row_[place] + row) * distances_.cols();
  }

 private:
  void match_block(const model::MatrixView& windows, const LoadedModel& model);
  void judge(Verdict& verdict, std::span<const float> window, float* distances,
             const LoadedModel& model, const Weights& weights);

  model::Encoder::Scratch scratch_;
  model::Matrix block_;  // windows of several stores that go through the encoder together
  model::Matrix block_distances_;
  std::vector<model::Match> block_matches_;
  std::vector<Eigen::Index> first_row_;  // of each store, in what follows
  model::Matrix distances_;              // all rows x C
  std::vector<model::Match> matches_;
  std::vector<Verdict> verdicts_;
  std::vector<float> by_shape_;  // C
};

}  // namespace faultprint::daemon
