#include "model/cluster_builder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/prototypes.h"
#include "model/training_windows.h"

namespace faultprint::model {
namespace {

constexpr int kFolds = 5;
constexpr float kLeastRadius = 1e-3F;  // sigmoid outputs that agree to the last bit

std::vector<int> folds_of(const std::vector<int>& groups) {
  std::map<int, int> number;
  for (const int group : groups) number.emplace(group, 0);
  int next = 0;
  for (auto& [group, fold] : number) fold = next++ % kFolds;
  std::vector<int> folds;
  for (const int group : groups) folds.push_back(number[group]);
  return folds;
}

float quantile(std::vector<float> values, double q) {
  const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

}  // namespace

float limit_of(std::vector<float> held_out, const ClusterOptions& options) {
  constexpr std::size_t kEnough = 20;
  if (held_out.size() < kEnough) return static_cast<float>(options.greatest_limit);
  return std::clamp(quantile(std::move(held_out), options.limit_quantile),
                    static_cast<float>(options.least_limit),
                    static_cast<float>(options.greatest_limit));
}

std::vector<float> held_out_distances(const LabelledEmbeddings& data, int prototype_count,
                                      const ClusterOptions& options, std::uint64_t seed) {
  const std::vector<int> folds = folds_of(data.groups);
  const int count = 1 + *std::max_element(folds.begin(), folds.end());
  std::vector<float> distances(folds.size());
  for (int fold = 0; fold < count; ++fold) {
    std::vector<std::size_t> inside;
    std::vector<std::size_t> outside;
    for (std::size_t i = 0; i < folds.size(); ++i)
      (folds[i] == fold ? inside : outside).push_back(i);
    if (outside.empty()) outside = inside;
    const Matrix centres = sample(take_rows(data.embeddings, outside), prototype_count, seed);
    const Eigen::VectorXf d =
        nearest_distance(take_rows(data.embeddings, inside), centres, options.nearest);
    for (std::size_t i = 0; i < inside.size(); ++i)
      distances[inside[i]] = d(static_cast<Eigen::Index>(i));
  }
  return distances;
}

Cluster build_cluster(const LabelledEmbeddings& data, int prototype_count,
                      const ClusterOptions& options, std::uint64_t seed) {
  Cluster cluster;
  cluster.label = data.label;
  const std::vector<std::size_t> rows = sample_rows(data.embeddings.rows(), prototype_count, seed);
  cluster.prototypes = take_rows(data.embeddings, rows);
  if (!data.origins.empty())
    for (const std::size_t i : rows) cluster.origins.push_back(data.origins[i]);
  cluster.nearest = std::min(options.nearest, static_cast<int>(cluster.prototypes.rows()));
  cluster.windows = data.embeddings.rows();
  cluster.incidents =
      static_cast<std::int64_t>(std::set<int>(data.groups.begin(), data.groups.end()).size());
  cluster.radius = std::max(
      kLeastRadius,
      quantile(held_out_distances(data, prototype_count, options, seed), options.radius_quantile));
  return cluster;
}

}  // namespace faultprint::model
