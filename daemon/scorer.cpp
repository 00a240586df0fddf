#include "daemon/scorer.h"

#include <algorithm>

namespace faultprint::daemon {
namespace {

constexpr Eigen::Index kBlock = 256;  // rows whose activations stay in the cache

Outcome outcome_of(const model::Match& match, int normal) {
  if (match.unknown) return Outcome::unknown;
  return match.nearest == normal ? Outcome::normal : Outcome::fault;
}

// A window that looks calm is normal, whatever it lies near.
void call_normal(Verdict& verdict, const float* distances, const LoadedModel& model) {
  model::Match& match = verdict.match;
  if (match.nearest != model.normal) {
    match.runner_up = match.nearest;
    match.runner_up_distance = match.distance;
  }
  match.nearest = model.normal;
  match.distance = distances[model.normal];
  match.unknown = false;
  verdict.outcome = Outcome::normal;
}

}  // namespace

const std::vector<Verdict>& Scorer::score(const ingest::WindowStore& store,
                                          const LoadedModel& model) {
  const ingest::Batch& batch = store.batch();
  const auto rows = static_cast<Eigen::Index>(batch.rows);
  const auto cells = static_cast<Eigen::Index>(store.layout().cells());
  const auto clusters = static_cast<Eigen::Index>(model.model.clusters.clusters().size());
  distances_.resize(rows, clusters);
  matches_.clear();
  for (Eigen::Index first = 0; first < rows; first += kBlock) {
    const Eigen::Index count = std::min(kBlock, rows - first);
    const Eigen::Map<const model::Matrix> windows(batch.windows.data() + first * cells, count,
                                                  cells);
    model.model.clusters.match(model.model.encoder.embed(windows, scratch_), block_distances_,
                               block_matches_);
    distances_.middleRows(first, count) = block_distances_;
    matches_.insert(matches_.end(), block_matches_.begin(), block_matches_.end());
  }
  verdicts_.clear();
  for (std::size_t i = 0; i < batch.slots.size(); ++i) {
    const ingest::CompletedSlot& slot = batch.slots[i];
    Verdict verdict{slot.element,
                    slot.fresh,
                    store.slot_end_us(slot.slot),
                    Outcome::not_scored,
                    slot.not_scored,
                    {},
                    slot.row,
                    i};
    if (slot.row >= 0) {
      verdict.match = matches_[static_cast<std::size_t>(slot.row)];
      verdict.outcome = outcome_of(verdict.match, model.normal);
      const std::span<const float> window(batch.windows.data() + slot.row * cells,
                                          static_cast<std::size_t>(cells));
      if (verdict.outcome != Outcome::normal &&
          activity(window, model.input.kpis.size()) <= model.calm_deviation)
        call_normal(verdict, distances_.row(slot.row).data(), model);
    }
    verdicts_.push_back(verdict);
  }
  return verdicts_;
}

}  // namespace faultprint::daemon
