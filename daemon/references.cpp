#include "daemon/references.h"

#include <algorithm>
#include <cstdio>
#include <random>

#include "daemon/verdict.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kMaxReferences = 4096;

model::ShapeLayout shape_layout(const config::InputSpec& input) {
  return {static_cast<int>(input.columns()), static_cast<int>(input.numbers())};
}

// Of each window: does it look calm?
std::vector<std::uint8_t> still_windows(const model::Matrix& windows,
                                        const config::InputSpec& input, float calm_deviation) {
  std::vector<std::uint8_t> still;
  for (Eigen::Index i = 0; i < windows.rows(); ++i) {
    const std::span window(windows.data() + i * windows.cols(),
                           static_cast<std::size_t>(windows.cols()));
    still.push_back(activity(window, input) <= calm_deviation ? 1 : 0);
  }
  return still;
}

// Whether it takes more of normal than that to support the false-alarm rate.
bool little_normal(const model::ReferenceClusters& clusters) {
  const int normal = clusters.index(ingest::kNormal);
  return normal >= 0 &&
         static_cast<double>(clusters.clusters()[static_cast<std::size_t>(normal)].windows) <
             1 / clusters.alpha() - 1;
}

// Of each cluster: does it rest on few incidents, of which the encoder has seen too little:
// nothing, or little of normal beside it?
std::vector<std::uint8_t> told_by_shape(const model::ReferenceClusters& clusters) {
  const bool little = little_normal(clusters);
  std::vector<std::uint8_t> told;
  for (const model::Cluster& cluster : clusters.clusters())
    told.push_back(cluster.label != ingest::kNormal && cluster.incidents > 0 &&
                           cluster.incidents <= model::Resemblance::kFewIncidents &&
                           (cluster.enrolled || little)
                       ? 1
                       : 0);
  return told;
}

}  // namespace

std::vector<std::size_t> reference_rows(const model::TrainingWindows& data, std::uint64_t seed) {
  std::vector<std::size_t> faults;
  std::vector<std::size_t> normal;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] >= 0) (data.labels[i] == 0 ? normal : faults).push_back(i);
  std::mt19937_64 random(seed);
  const std::size_t total = faults.size() + normal.size();
  if (total > kMaxReferences) {
    const double share = static_cast<double>(kMaxReferences) / static_cast<double>(total);
    for (auto* rows : {&faults, &normal}) {
      std::shuffle(rows->begin(), rows->end(), random);
      rows->resize(std::min(
          rows->size(), static_cast<std::size_t>(share * static_cast<double>(rows->size())) + 1));
    }
  }
  faults.insert(faults.end(), normal.begin(), normal.end());
  std::sort(faults.begin(), faults.end());
  return faults;
}

std::optional<model::ShapeScores> shape_scores_of(const Dataset& data,
                                                  const std::vector<std::size_t>& references) {
  if (data.input.baseline.none) return std::nullopt;
  const auto still = still_windows(data.windows.windows, data.input, data.calm_deviation);
  model::ShapeScores scores = model::shape_scores(data.windows, references, still,
                                                  shape_layout(data.input), data.input.window);
  if (scores.count == 0) return std::nullopt;
  return scores;
}

std::string shape_warning(const std::optional<model::ShapeScores>& scores, double alpha,
                          const config::InputSpec& input) {
  if (input.baseline.none) return "";
  const std::int64_t count = scores ? scores->count : 0;
  if (static_cast<double>(count) >= 1 / alpha - 1) return "";
  char rate[32];
  std::snprintf(rate, sizeof rate, "%g", alpha);
  return "W_CAL_TOO_FEW: " + std::to_string(count) +
         " normal windows are too few to tell at a false-alarm rate of " + rate +
         " what is unlike all of them: only what lies far from every reference is called unknown";
}

model::Familiarity familiarity_of(const model::LabelledWindows& references,
                                  const std::optional<model::ShapeScores>& scores, double alpha,
                                  const config::InputSpec& input, float calm_deviation) {
  if (!scores) return {};
  const std::vector<std::size_t> rows = model::telling_rows(
      references.labels, still_windows(references.windows, input, calm_deviation));
  model::LabelledWindows telling{model::take_rows(references.windows, rows), {}};
  for (const std::size_t i : rows) telling.labels.push_back(references.labels[i]);
  return {telling, *scores, alpha, shape_layout(input)};
}

model::Resemblance resemblance_of(const model::LabelledWindows& references,
                                  const std::vector<std::string>& labels,
                                  const model::ReferenceClusters& clusters,
                                  const config::InputSpec& input, float calm_deviation) {
  if (input.baseline.none || input.numbers() != input.columns()) return {};
  const std::vector<std::uint8_t> few = told_by_shape(clusters);
  if (std::count(few.begin(), few.end(), 1) == 0) return {};
  model::LabelledWindows numbered{references.windows, {}};
  for (const int label : references.labels)
    numbered.labels.push_back(clusters.index(labels[static_cast<std::size_t>(label)]));
  return {numbered,
          still_windows(references.windows, input, calm_deviation),
          few,
          clusters.index(ingest::kNormal),
          shape_layout(input),
          !little_normal(clusters)};
}

}  // namespace faultprint::daemon
