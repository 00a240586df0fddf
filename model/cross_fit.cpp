#include "model/cross_fit.h"

#include <algorithm>
#include <random>
#include <set>

#include "model/training_clusters.h"
#include "model/training_run.h"

namespace faultprint::model {
namespace {

// What is not in that fold, nor shares a slot with what is.
std::vector<std::size_t> rows_outside(const TrainingWindows& data, int window, const Folds& folds,
                                      int fold) {
  std::vector<std::size_t> held;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (folds.of(data.incidents[i], data.elements[i], data.slots[i]) == fold)
      held.push_back(i);
    else if (data.labels[i] != TrainingWindows::kUnused)
      others.push_back(i);
  }
  const Slots slots = slots_of(data, held);
  std::erase_if(others, [&](std::size_t i) { return shares_a_slot(data, i, window, slots); });
  return others;
}

// Scores and limits are those of the whole model: a fold's own could only be told by the windows
// that it is to judge. So is the number of incidents, by which a type is told by shape or not.
ReferenceClusters clusters_of(const Encoder& encoder, const TrainingWindows& data,
                              const std::vector<std::size_t>& rows, const TrainOptions& options,
                              const ReferenceClusters& whole) {
  std::vector<Cluster> clusters = make_clusters(encoder, data, rows, options);
  for (Cluster& cluster : clusters) {
    const int same = whole.index(cluster.label);
    if (same < 0) continue;
    const Cluster& known = whole.clusters()[static_cast<std::size_t>(same)];
    cluster.scores = known.scores;
    cluster.score_count = known.score_count;
    cluster.limit = known.limit;
    cluster.incidents = known.incidents;
  }
  return {std::move(clusters), options.alpha, options.encoder.width()};
}

}  // namespace

Folds::Folds(const TrainingWindows& data, int window, int count, std::uint64_t seed)
    : count_(count), stretch_(normal_stretch(window)) {
  std::map<int, std::set<int>> by_label;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.incidents[i] < 0) continue;
    incidents_[data.incidents[i]] = kNone;
    if (data.labels[i] > 0) by_label[data.labels[i]].insert(data.incidents[i]);
  }
  std::mt19937_64 random(seed);
  int next = 0;  // goes on from type to type, so that no fold gets all the rare ones
  for (const auto& [label, incidents] : by_label) {
    if (incidents.size() < 2) continue;
    std::vector<int> order(incidents.begin(), incidents.end());
    std::shuffle(order.begin(), order.end(), random);
    for (const int incident : order) incidents_[incident] = next++ % count_;
  }
}

int Folds::of(int incident, int element, std::int64_t slot) const {
  if (incident < 0) return static_cast<int>((element + slot / stretch_) % count_);
  const auto known = incidents_.find(incident);
  return known == incidents_.end() ? kNone : known->second;
}

std::vector<CrossFit> cross_fit(const TrainingWindows& data, const TrainOptions& options,
                                const TrainResult& whole, const Folds& folds,
                                const std::function<bool(double share)>& on_epoch) {
  std::vector<CrossFit> result;
  for (int fold = 0; fold < folds.count(); ++fold) {
    const auto rows = rows_outside(data, options.encoder.window, folds, fold);
    TrainingRun run(data, rows, options, options.seed);
    for (int epoch = 1; epoch <= whole.best_epoch; ++epoch) {
      EpochReport report;
      run.epoch(epoch, report);
      const double done = fold + static_cast<double>(epoch) / whole.best_epoch;
      if (!on_epoch(done / folds.count())) return {};
    }
    Encoder encoder = run.encoder();
    ReferenceClusters clusters = clusters_of(encoder, data, rows, options, whole.clusters);
    result.push_back({std::move(encoder), std::move(clusters)});
  }
  return result;
}

}  // namespace faultprint::model
