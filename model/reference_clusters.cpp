#include "model/reference_clusters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

#include "model/calibration_scores.h"
#include "model/kernels/kernels.h"

namespace faultprint::model {

static_assert(Cluster::kMostNearest == FP_MOST_NEAREST);

namespace {

void check(const Cluster& cluster, int dimension) {
  const auto fail = [&](const std::string& what) {
    throw std::invalid_argument("reference cluster '" + cluster.label + "': " + what);
  };
  if (cluster.label.empty()) fail("it has no label");
  if (cluster.prototypes.rows() < 1) fail("it has no prototype");
  if (cluster.nearest < 1 || cluster.nearest > Cluster::kMostNearest ||
      cluster.nearest > cluster.prototypes.rows())
    fail("its distance cannot be made of " + std::to_string(cluster.nearest) + " prototypes");
  if (cluster.prototypes.cols() != dimension) fail("its prototypes have another width");
  if (!cluster.origins.empty() &&
      cluster.origins.size() != static_cast<std::size_t>(cluster.prototypes.rows()))
    fail("not each of its prototypes has an origin");
  if (!cluster.prototypes.allFinite()) fail("a prototype is not finite");
  if (!(cluster.radius > 0) || !std::isfinite(cluster.radius)) fail("its radius is not positive");
  if (!(cluster.limit > 0) || !std::isfinite(cluster.limit)) fail("its limit is not positive");
  if (!std::is_sorted(cluster.scores.begin(), cluster.scores.end()))
    fail("its scores are unsorted");
  if (cluster.score_count < static_cast<std::int64_t>(cluster.scores.size()))
    fail("it counts fewer scores than it has");
}

}  // namespace

void set_scores(Cluster& cluster, std::vector<float> scores) {
  cluster.score_count = thin_scores(scores, ReferenceClusters::kMaxScores);
  cluster.scores = std::move(scores);
}

ReferenceClusters::ReferenceClusters(std::vector<Cluster> clusters, double alpha, int dimension)
    : clusters_(std::move(clusters)), alpha_(alpha) {
  if (!(alpha > 0 && alpha < 1)) throw std::invalid_argument("alpha must lie between 0 and 1");
  std::set<std::string> labels;
  for (const Cluster& cluster : clusters_) {
    check(cluster, dimension);
    if (!labels.insert(cluster.label).second)
      throw std::invalid_argument("two reference clusters are labelled '" + cluster.label + "'");
    const Eigen::Index count = cluster.prototypes.rows();
    Matrix columns = Matrix::Constant(dimension, (count + FP_TILE - 1) / FP_TILE * FP_TILE,
                                      std::numeric_limits<float>::infinity());
    columns.leftCols(count) = cluster.prototypes.transpose();
    columns_.push_back(std::move(columns));
  }
}

int ReferenceClusters::index(const std::string& label) const {
  for (std::size_t i = 0; i < clusters_.size(); ++i)
    if (clusters_[i].label == label) return static_cast<int>(i);
  return -1;
}

bool ReferenceClusters::pooled(std::size_t cluster) const {
  return static_cast<double>(clusters_[cluster].score_count) < 1 / alpha_ - 1;
}

double ReferenceClusters::p_value(std::size_t cluster, float distance) const {
  double at_least = 0;
  double all = 0;
  const bool pool = pooled(cluster);
  for (std::size_t c = 0; c < clusters_.size(); ++c) {
    if (!pool && c != cluster) continue;
    at_least += count_at_least(clusters_[c].scores, clusters_[c].score_count, distance);
    all += static_cast<double>(clusters_[c].score_count);
  }
  return (1 + at_least) / (all + 1);
}

void ReferenceClusters::match(const MatrixView& embeddings, Matrix& distances,
                              std::vector<Match>& matches) const {
  const auto rows = static_cast<int>(embeddings.rows());
  const auto count = static_cast<int>(clusters_.size());
  distances.resize(rows, count);
  for (int c = 0; c < count; ++c) {
    const Matrix& columns = columns_[static_cast<std::size_t>(c)];
    const Cluster& cluster = clusters_[static_cast<std::size_t>(c)];
    fp_nearest_distance(rows, static_cast<int>(embeddings.cols()), embeddings.data(),
                        static_cast<int>(columns.cols()), columns.data(), cluster.nearest,
                        distances.data() + c, count);
    distances.col(c) /= cluster.radius;
  }
  matches.clear();
  for (int i = 0; i < rows; ++i) matches.push_back(decide(distances.row(i).data()));
}

std::vector<double> ReferenceClusters::nearest_distances(const MatrixView& embeddings) const {
  Matrix distances;
  std::vector<Match> matches;
  match(embeddings, distances, matches);
  std::vector<double> nearest;
  for (const Match& match : matches) nearest.push_back(match.distance);
  return nearest;
}

Match ReferenceClusters::decide(const float* distances) const {
  Match match;
  match.distance = std::numeric_limits<float>::infinity();
  match.runner_up_distance = match.distance;
  match.p_value = 0;
  for (std::size_t c = 0; c < clusters_.size(); ++c) {
    match.p_value = std::max(match.p_value, static_cast<float>(p_value(c, distances[c])));
    if (distances[c] < match.distance) {
      if (c > 0) match.runner_up = match.nearest;
      match.runner_up_distance = match.distance;
      match.nearest = static_cast<int>(c);
      match.distance = distances[c];
    } else if (distances[c] < match.runner_up_distance) {
      match.runner_up = static_cast<int>(c);
      match.runner_up_distance = distances[c];
    }
  }
  match.unknown = match.p_value <= static_cast<float>(alpha_);
  match.beyond =
      !match.unknown && match.distance > clusters_[static_cast<std::size_t>(match.nearest)].limit;
  return match;
}

}  // namespace faultprint::model
