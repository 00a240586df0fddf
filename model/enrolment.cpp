#include "model/enrolment.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

#include "model/calm_embeddings.h"
#include "model/evaluation.h"
#include "model/overlap.h"
#include "model/prototypes.h"

namespace faultprint::model {
namespace {

using Rows = std::vector<std::size_t>;

constexpr double kLeastReach = 0.3;
constexpr double kStep = 0.1;
constexpr int kPrototypes = 64;  // of a new type: some of them may have to go
constexpr const char* kNormal = "normal";

Rows rows_of(const TrainingWindows& data, int label) {
  Rows rows;
  for (const bool pure : {true, false}) {
    if (!rows.empty()) break;
    for (std::size_t i = 0; i < data.size(); ++i)
      if (data.labels[i] == label && (!pure || data.pure[i] != 0)) rows.push_back(i);
  }
  return rows;
}

class Enrolment {
 public:
  Enrolment(const Encoder& encoder, const ReferenceClusters& clusters,
            const EnrolReferences& references, const TrainingWindows& data,
            const EnrolOptions& options)
      : encoder_(encoder),
        old_(clusters),
        data_(data),
        options_(options),
        clusters_(clusters.clusters()) {
    Rows rows;
    Rows calm;
    for (std::size_t i = 0; i < references.windows.labels.size(); ++i) {
      const std::string& label =
          references.labels[static_cast<std::size_t>(references.windows.labels[i])];
      if (references.calm[i] != 0) {
        calm.push_back(i);
        calm_normal_ += label == kNormal ? 1 : 0;
      }
      if (references.calm[i] != 0 || clusters.index(label) < 0) continue;
      rows.push_back(i);
      truth_.push_back(clusters.index(label));
    }
    calm_ = CalmEmbeddings(embed_rows(encoder, references.windows.windows, calm),
                           options.calm_quantile, options.seed);
    references_ = embed_rows(encoder, references.windows.windows, rows);
  }

  EnrolResult run() {
    EnrolResult result;
    result.f1_before = score(clusters_).f1;
    const int normal = old_.index(kNormal);
    if (normal >= 0) add_normal(static_cast<std::size_t>(normal));
    for (int c = 1; c < data_.classes(); ++c) result.types.push_back(add(c, result.warnings));
    result.f1_after = score(clusters_).f1;
    result.clusters = ReferenceClusters(clusters_, old_.alpha(), encoder_.spec().width());
    return result;
  }

 private:
  struct Score {
    double f1 = 0;
    double normal_lost = 0;  // share of normal references that go to a fault
  };

  // How the references fare with these clusters; labels beyond the old ones are mistakes.
  Score score(const std::vector<Cluster>& clusters) const {
    if (truth_.empty()) return {};
    const ReferenceClusters all(clusters, old_.alpha(), encoder_.spec().width());
    Matrix distances;
    std::vector<Match> matches;
    all.match(references_, distances, matches);
    // Calm windows of normal are called so whatever the clusters say.
    const int normal_index = old_.index(kNormal);
    std::vector<int> truth = truth_;
    std::vector<int> predicted;
    Score s;
    double normal = calm_normal_;
    for (std::size_t i = 0; i < matches.size(); ++i) {
      predicted.push_back(matches[i].nearest);
      if (truth_[i] != normal_index) continue;
      normal += 1;
      s.normal_lost += matches[i].nearest != normal_index ? 1 : 0;
    }
    s.normal_lost /= std::max(1.0, normal);
    truth.insert(truth.end(), static_cast<std::size_t>(calm_normal_), normal_index);
    predicted.insert(predicted.end(), static_cast<std::size_t>(calm_normal_), normal_index);
    s.f1 = true_class_f1(classify(truth, predicted, static_cast<int>(clusters.size())));
    return s;
  }

  // The radius that faults share; where there is none yet, what normal's tells.
  float fault_radius() const {
    for (const Cluster& cluster : old_.clusters())
      if (cluster.label != kNormal) return cluster.radius;
    return clusters_.front().radius / static_cast<float>(options_.clusters.normal_reach);
  }

  void add_normal(std::size_t normal) {
    const Rows rows = rows_of(data_, 0);
    if (rows.empty()) return;
    const Matrix more = sample(embed_rows(encoder_, data_.windows, rows),
                               options_.clusters.normal_prototypes, options_.seed);
    append(clusters_[normal].prototypes, more);
    clusters_[normal].windows += static_cast<std::int64_t>(rows.size());
  }

  static void append(Matrix& to, const Matrix& rows) {
    to.conservativeResize(to.rows() + rows.rows(), Eigen::NoChange);
    to.bottomRows(rows.rows()) = rows;
  }

  // Windows in which something moves, to the encoder's eye; all where that leaves none.
  Rows evidence(int c, EnrolledType& type, std::vector<std::string>& warnings) const {
    const Rows all = rows_of(data_, c);
    if (all.empty())
      throw std::invalid_argument("'" + type.label +
                                  "' has no usable window: do its incidents lie within the data, "
                                  "after the element's first slots?");
    if (!calm_.known()) return all;
    const std::vector<std::uint8_t> looks_calm =
        calm_.contains(embed_rows(encoder_, data_.windows, all));
    Rows kept;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (looks_calm[i] == 0) kept.push_back(all[i]);
    type.look_normal = static_cast<int>(all.size() - kept.size());
    if (!kept.empty()) return kept;
    type.look_normal = 0;
    warnings.push_back("W_LOOKS_NORMAL: every window of '" + type.label +
                       "' is to this model like one in which nothing moves: expect it to be "
                       "missed. Do the incidents' "
                       "times fit, and do the KPIs show this fault?");
    return all;
  }

  EnrolledType add(int c, std::vector<std::string>& warnings) {
    EnrolledType type;
    type.label = data_.class_names[static_cast<std::size_t>(c)];
    const Rows rows = evidence(c, type, warnings);
    LabelledEmbeddings labelled{type.label, embed_rows(encoder_, data_.windows, rows), {}};
    for (const std::size_t i : rows) labelled.groups.push_back(data_.incidents[i]);
    labelled.origins = origins_of(data_, rows);
    type.windows = static_cast<int>(rows.size());
    type.incidents =
        static_cast<int>(std::set<int>(labelled.groups.begin(), labelled.groups.end()).size());
    find_overlap(clusters_, labelled.embeddings, type);
    warn_of_overlap(type, warnings);
    const int old = index_of(type.label);
    type.added = old < 0;
    Cluster cluster = make(labelled);
    if (old >= 0) cluster = merged(clusters_[static_cast<std::size_t>(old)], cluster);
    type.reach = place(std::move(cluster), old);
    if (type.reach < kLeastReach + kStep / 2)
      warnings.push_back("W_CUT_BACK: '" + type.label +
                         "' lies so near to what the model knows that it reaches only " +
                         std::to_string(static_cast<int>(std::lround(100 * type.reach))) +
                         " % as far as other faults: some of its incidents will be missed");
    return type;
  }

  int index_of(const std::string& label) const {
    for (std::size_t i = 0; i < clusters_.size(); ++i)
      if (clusters_[i].label == label) return static_cast<int>(i);
    return -1;
  }

  Cluster make(const LabelledEmbeddings& labelled) const {
    Cluster cluster = build_cluster(labelled, kPrototypes, options_.clusters, options_.seed);
    cluster.enrolled = true;
    cluster.radius = fault_radius();
    cluster.limit = static_cast<float>(options_.clusters.least_limit);
    if (cluster.incidents >= 2) {  // each incident by the prototypes of the others
      std::vector<float> scores =
          held_out_distances(labelled, kPrototypes, options_.clusters, options_.seed);
      for (float& s : scores) s /= cluster.radius;
      cluster.limit = limit_of(scores, options_.clusters);
      set_scores(cluster, std::move(scores));
    }
    return cluster;
  }

  static Cluster merged(Cluster old, const Cluster& more) {
    const auto before = static_cast<std::size_t>(old.prototypes.rows());
    append(old.prototypes, more.prototypes);
    if (!old.origins.empty() || !more.origins.empty()) {
      old.origins.resize(before);  // those of an older file are not known
      old.origins.insert(old.origins.end(), more.origins.begin(), more.origins.end());
      old.origins.resize(static_cast<std::size_t>(old.prototypes.rows()));
    }
    old.windows += more.windows;
    old.incidents += more.incidents;
    return old;
  }

  // References that each prototype would take from the cluster that holds them now.
  std::vector<int> taken_by(const Cluster& cluster) const {
    const ReferenceClusters known(clusters_, old_.alpha(), encoder_.spec().width());
    Matrix distances;
    std::vector<Match> matches;
    known.match(references_, distances, matches);
    std::vector<int> taken(static_cast<std::size_t>(cluster.prototypes.rows()), 0);
    for (std::size_t i = 0; i < matches.size(); ++i) {
      if (matches[i].nearest != truth_[i]) continue;
      const float bound = matches[i].distance * cluster.radius;
      const auto row = references_.row(static_cast<Eigen::Index>(i));
      for (Eigen::Index k = 0; k < cluster.prototypes.rows(); ++k)
        if ((cluster.prototypes.row(k) - row).squaredNorm() < bound * bound)
          ++taken[static_cast<std::size_t>(k)];
    }
    return taken;
  }

  bool harmless(const Score& before, const std::vector<Cluster>& clusters) const {
    const Score after = score(clusters);
    return before.f1 - after.f1 <= options_.most_lost_f1 &&
           after.normal_lost - before.normal_lost <= options_.most_lost_normal;
  }

  // Without the prototypes that take most, up to three quarters of them, until what is left is
  // harmless.
  Cluster without_takers(const Cluster& cluster, const Score& before) const {
    const std::vector<int> taken = taken_by(cluster);
    std::vector<std::size_t> order(taken.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return taken[a] < taken[b]; });
    Cluster left = cluster;
    for (std::size_t keep = order.size(); keep >= (order.size() + 3) / 4; --keep) {
      std::vector<std::size_t> rows(order.begin(),
                                    order.begin() + static_cast<std::ptrdiff_t>(keep));
      std::sort(rows.begin(), rows.end());
      left.prototypes = take_rows(cluster.prototypes, rows);
      left.origins.clear();
      if (!cluster.origins.empty())
        for (const std::size_t row : rows) left.origins.push_back(cluster.origins[row]);
      left.nearest = std::min(cluster.nearest, static_cast<int>(keep));
      std::vector<Cluster> trial = clusters_;
      trial.push_back(left);
      if (harmless(before, trial)) break;
    }
    return left;
  }

  // Puts the cluster in, with the greatest reach that harms nothing; returns that.
  double place(Cluster cluster, int old) {
    const Score before = score(clusters_);
    if (old < 0) cluster = without_takers(cluster, before);
    const float radius = cluster.radius;
    std::vector<Cluster> trial = clusters_;
    if (old < 0) trial.push_back(cluster);
    Cluster& placed = old < 0 ? trial.back() : trial[static_cast<std::size_t>(old)];
    double reach = 1;
    for (;; reach -= kStep) {
      placed = cluster;
      placed.radius = radius * static_cast<float>(reach);
      for (float& s : placed.scores) s /= static_cast<float>(reach);  // they are in radii
      if (harmless(before, trial) || reach < kLeastReach + kStep / 2) break;
    }
    clusters_ = std::move(trial);
    return reach;
  }

  const Encoder& encoder_;
  const ReferenceClusters& old_;
  const TrainingWindows& data_;
  const EnrolOptions& options_;
  std::vector<Cluster> clusters_;
  Matrix references_;    // embeddings of those in which something moves
  int calm_normal_ = 0;  // how many of normal do not
  CalmEmbeddings calm_;
  std::vector<int> truth_;  // index of the old cluster
};

}  // namespace

EnrolResult enrol(const Encoder& encoder, const ReferenceClusters& clusters,
                  const EnrolReferences& references, const TrainingWindows& data,
                  const EnrolOptions& options) {
  return Enrolment(encoder, clusters, references, data, options).run();
}

}  // namespace faultprint::model
