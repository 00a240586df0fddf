#include "daemon/scorer.h"

#include <algorithm>
#include <cmath>

namespace faultprint::daemon {
namespace {

constexpr Eigen::Index kBlock = 256;  // rows whose activations stay in the cache
constexpr Eigen::Index kAlone = 64;   // rows that are worth a product of their own

Outcome outcome_of(const model::Match& match, int normal) {
  if (match.unknown) return Outcome::unknown;
  if (match.beyond) return Outcome::normal;
  return match.nearest == normal ? Outcome::normal : Outcome::fault;
}

// A window that looks calm is normal, whatever it lies near; and one that is hardly nearer to a
// fault.
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

// What the clusters call normal may be a fault of a kind that they have no eye for.
void doubt(Verdict& verdict, std::span<const float> window, const LoadedModel& model) {
  const double p = model.familiarity.p_value(model.familiarity.distance(window));
  if (!model.familiarity.unfamiliar(p)) return;
  verdict.outcome = Outcome::unknown;
  verdict.unfamiliar = verdict.match.unknown = true;
  verdict.match.p_value = static_cast<float>(p);
}

// The nearest two clusters by these distances.
void match_anew(Verdict& verdict, const float* distances, std::size_t clusters) {
  model::Match& match = verdict.match;
  match.nearest = match.runner_up = -1;
  for (int c = 0; c < static_cast<int>(clusters); ++c) {
    if (match.nearest < 0 || distances[c] < distances[match.nearest]) {
      match.runner_up = match.nearest;
      match.nearest = c;
    } else if (match.runner_up < 0 || distances[c] < distances[match.runner_up]) {
      match.runner_up = c;
    }
  }
  match.distance = distances[match.nearest];
  if (match.runner_up >= 0) match.runner_up_distance = distances[match.runner_up];
  verdict.nearest = match.nearest;
}

// Of labels that are rarer than others it takes a smaller distance. How far a window lies from the
// one that it is called by is no matter of priors; nor is what types told by shape explain of it.
void weigh(Verdict& verdict, float* distances, const LoadedModel& model,
           std::span<const float> penalties) {
  const std::vector<float> plain(distances, distances + penalties.size());
  for (std::size_t c = 0; c < penalties.size(); ++c)
    distances[c] = std::sqrt(distances[c] * distances[c] + penalties[c]);
  match_anew(verdict, distances, penalties.size());
  const auto nearest = static_cast<std::size_t>(verdict.match.nearest);
  verdict.match.beyond =
      !verdict.match.unknown && plain[nearest] > model.model.clusters.clusters()[nearest].limit;
}

// Types that the encoder saw too little of are told by shape: a window that resembles one is called
// by it where the clusters name none that is better known, and one that does not is none of its.
void compare_shapes(Verdict& verdict, std::span<const float> window, float* distances,
                    std::vector<float>& by_shape, const LoadedModel& model) {
  const model::Resemblance& resemblance = model.resemblance;
  const bool fault = verdict.outcome == Outcome::fault;
  if (fault && !resemblance.tells(verdict.match.nearest)) return;
  const auto& clusters = model.model.clusters.clusters();
  by_shape.resize(clusters.size());
  const int resembled = resemblance.resembled(window, by_shape.data());
  if (fault && resemblance.agrees(verdict.match.nearest, by_shape.data())) return;
  if (resemblance.tells(resembled)) {
    std::copy(by_shape.begin(), by_shape.end(), distances);
    match_anew(verdict, distances, clusters.size());
    verdict.match.unknown = verdict.match.beyond = false;
    verdict.match.p_value = 1;  // the one at hand says that it was unknown
    verdict.outcome = Outcome::fault;
  } else if (fault) {
    for (int c = 0; c < static_cast<int>(clusters.size()); ++c)
      if (resemblance.tells(c)) distances[c] = std::max(distances[c], distances[model.normal]);
    match_anew(verdict, distances, clusters.size());
    const auto nearest = static_cast<std::size_t>(verdict.match.nearest);
    verdict.match.beyond = verdict.match.distance > clusters[nearest].limit;
    verdict.outcome = outcome_of(verdict.match, model.normal);
  }
}

}  // namespace

void Scorer::score(std::span<const ingest::WindowStore* const> stores, const LoadedModel& model) {
  Eigen::Index rows = 0;
  first_row_.clear();
  for (const ingest::WindowStore* store : stores) {
    first_row_.push_back(rows);
    rows += static_cast<Eigen::Index>(store->batch().rows);
  }
  const auto cells = model.model.encoder.spec().cells();
  distances_.resize(rows, static_cast<Eigen::Index>(model.model.clusters.clusters().size()));
  matches_.clear();
  block_.resize(std::min(kBlock, rows), cells);
  Eigen::Index filled = 0;
  for (const ingest::WindowStore* store : stores) {
    const auto count = static_cast<Eigen::Index>(store->batch().rows);
    const Eigen::Map<const model::Matrix> windows(store->batch().windows.data(), count, cells);
    if (filled > 0 && (count >= kAlone || filled + count > block_.rows())) {
      match_block(block_.topRows(filled), model);
      filled = 0;
    }
    if (count >= kAlone) {  // as records come in runs: not copied
      for (Eigen::Index taken = 0; taken < count; taken += kBlock)
        match_block(windows.middleRows(taken, std::min(kBlock, count - taken)), model);
    } else {
      block_.middleRows(filled, count) = windows;
      filled += count;
    }
  }
  if (filled > 0) match_block(block_.topRows(filled), model);
}

void Scorer::match_block(const model::MatrixView& windows, const LoadedModel& model) {
  model.model.clusters.match(model.model.encoder.embed(windows, scratch_), block_distances_,
                             block_matches_);
  distances_.middleRows(static_cast<Eigen::Index>(matches_.size()), windows.rows()) =
      block_distances_;
  matches_.insert(matches_.end(), block_matches_.begin(), block_matches_.end());
}

void Scorer::judge(Verdict& verdict, std::span<const float> window, float* distances,
                   const LoadedModel& model, const Weights& weights) {
  if (!weights.penalties.empty()) weigh(verdict, distances, model, weights.penalties);
  verdict.outcome = outcome_of(verdict.match, model.normal);
  verdict.nearest = verdict.match.nearest;
  if (verdict.outcome == Outcome::normal && !model.familiarity.known() &&
      !model.resemblance.known())
    return;
  if (activity(window, model.input) <= model.calm_deviation) {
    if (verdict.outcome != Outcome::normal) call_normal(verdict, distances, model);
    return;
  }
  if (model.resemblance.known()) compare_shapes(verdict, window, distances, by_shape_, model);
  if (verdict.outcome == Outcome::fault &&
      !clears_margin(verdict.match.nearest, distances, model.normal, weights.margin))
    call_normal(verdict, distances, model);
  if (verdict.outcome == Outcome::normal) doubt(verdict, window, model);
}

const std::vector<Verdict>& Scorer::verdicts(std::size_t place, const ingest::WindowStore& store,
                                             const LoadedModel& model, const Weights& weights) {
  const ingest::Batch& batch = store.batch();
  const std::size_t cells = store.layout().cells();
  verdicts_.clear();
  for (std::size_t i = 0; i < batch.slots.size(); ++i) {
    const ingest::CompletedSlot& slot = batch.slots[i];
    Verdict verdict;
    verdict.element = slot.element;
    verdict.fresh = slot.fresh;
    verdict.relearned = slot.relearned;
    verdict.time_us = store.slot_end_us(slot.slot);
    // A record may come before the slot that it makes whole has ended.
    verdict.decided_us = std::max(slot.decided_us, verdict.time_us);
    verdict.not_scored = slot.not_scored;
    verdict.row = slot.row;
    verdict.slot_index = i;
    if (slot.row >= 0) {
      const auto row = static_cast<std::size_t>(slot.row);
      verdict.match = matches_[static_cast<std::size_t>(first_row_[place]) + row];
      const auto window = std::span(batch.windows).subspan(row * cells, cells);
      judge(verdict, window, distances_.row(first_row_[place] + slot.row).data(), model, weights);
    }
    verdicts_.push_back(verdict);
  }
  return verdicts_;
}

const std::vector<Verdict>& Scorer::verdicts(const model::Matrix& windows,
                                             const LoadedModel& model) {
  distances_.resize(windows.rows(),
                    static_cast<Eigen::Index>(model.model.clusters.clusters().size()));
  matches_.clear();
  verdicts_.clear();
  for (Eigen::Index at = 0; at < windows.rows(); at += kBlock)
    match_block(windows.middleRows(at, std::min(kBlock, windows.rows() - at)), model);
  for (Eigen::Index i = 0; i < windows.rows(); ++i) {
    Verdict verdict;
    verdict.match = matches_[static_cast<std::size_t>(i)];
    const std::span window(windows.row(i).data(), static_cast<std::size_t>(windows.cols()));
    judge(verdict, window, distances_.row(i).data(), model, {});
    verdicts_.push_back(verdict);
  }
  return verdicts_;
}

}  // namespace faultprint::daemon
