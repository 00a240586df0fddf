#include "model/enrolment.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>
#include <stdexcept>

#include "model/evaluation.h"
#include "model/prototypes.h"

namespace faultprint::model {
namespace {

using Rows = std::vector<std::size_t>;

constexpr double kLeastReach = 0.3;
constexpr double kStep = 0.1;
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
    for (std::size_t i = 0; i < references.windows.labels.size(); ++i) {
      const std::string& label =
          references.labels[static_cast<std::size_t>(references.windows.labels[i])];
      if (references.counts[i] == 0 || clusters.index(label) < 0) continue;
      rows.push_back(i);
      truth_.push_back(clusters.index(label));
    }
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
    std::vector<int> predicted;
    Score s;
    double normal = 0;
    const int normal_index = old_.index(kNormal);
    for (std::size_t i = 0; i < matches.size(); ++i) {
      predicted.push_back(matches[i].nearest);
      if (truth_[i] != normal_index) continue;
      normal += 1;
      s.normal_lost += matches[i].nearest != normal_index ? 1 : 0;
    }
    s.normal_lost /= std::max(1.0, normal);
    s.f1 = classify(truth_, predicted, static_cast<int>(clusters.size())).macro_f1;
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
    const Matrix more = prototypes(embed_rows(encoder_, data_.windows, rows),
                                   options_.clusters.normal_prototypes, options_.seed);
    append(clusters_[normal].prototypes, more);
    clusters_[normal].windows += static_cast<std::int64_t>(rows.size());
  }

  static void append(Matrix& to, const Matrix& rows) {
    to.conservativeResize(to.rows() + rows.rows(), Eigen::NoChange);
    to.bottomRows(rows.rows()) = rows;
  }

  // Windows that normal does not explain; all where that leaves none.
  Rows evidence(int c, EnrolledType& type, std::vector<std::string>& warnings) const {
    const Rows all = rows_of(data_, c);
    if (all.empty())
      throw std::invalid_argument("'" + type.label +
                                  "' has no usable window: do its incidents lie within the data, "
                                  "after the element's first slots?");
    const int normal = old_.index(kNormal);
    if (normal < 0) return all;
    Matrix distances;
    std::vector<Match> matches;
    old_.match(embed_rows(encoder_, data_.windows, all), distances, matches);
    Rows kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const float d = distances(static_cast<Eigen::Index>(i), normal);
      if (matches[i].nearest == normal &&
          old_.p_value(static_cast<std::size_t>(normal), d) >= options_.normal_p)
        continue;
      kept.push_back(all[i]);
    }
    type.look_normal = static_cast<int>(all.size() - kept.size());
    if (!kept.empty()) return kept;
    type.look_normal = 0;
    warnings.push_back("W_LOOKS_NORMAL: every window of '" + type.label +
                       "' is like normal to this model: expect it to be missed. Do the incidents' "
                       "times fit, and do the KPIs show this fault?");
    return all;
  }

  EnrolledType add(int c, std::vector<std::string>& warnings) {
    EnrolledType type;
    type.label = data_.class_names[static_cast<std::size_t>(c)];
    const Rows rows = evidence(c, type, warnings);
    LabelledEmbeddings labelled{type.label, embed_rows(encoder_, data_.windows, rows), {}};
    for (const std::size_t i : rows) labelled.groups.push_back(data_.incidents[i]);
    type.windows = static_cast<int>(rows.size());
    type.incidents =
        static_cast<int>(std::set<int>(labelled.groups.begin(), labelled.groups.end()).size());
    look_for_overlap(labelled.embeddings, type, warnings);
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
    Cluster cluster = build_cluster(labelled, options_.clusters.fault_prototypes, options_.clusters,
                                    options_.seed);
    cluster.radius = fault_radius();
    if (cluster.incidents >= 2) {  // each incident by the prototypes of the others
      std::vector<float> scores =
          held_out_distances(labelled, options_.clusters.fault_prototypes, options_.seed);
      for (float& s : scores) s /= cluster.radius;
      set_scores(cluster, std::move(scores));
    }
    return cluster;
  }

  static Cluster merged(Cluster old, const Cluster& more) {
    append(old.prototypes, more.prototypes);
    old.windows += more.windows;
    old.incidents += more.incidents;
    return old;
  }

  // Puts the cluster in, with the greatest reach that harms nothing; returns that.
  double place(Cluster cluster, int old) {
    const Score before = score(clusters_);
    const float radius = cluster.radius;
    std::vector<Cluster> trial = clusters_;
    if (old < 0) trial.push_back(cluster);
    Cluster& placed = old < 0 ? trial.back() : trial[static_cast<std::size_t>(old)];
    double reach = 1;
    for (;; reach -= kStep) {
      placed = cluster;
      placed.radius = radius * static_cast<float>(reach);
      // Scores are in radii.
      for (float& s : placed.scores) s /= static_cast<float>(reach);
      const Score after = score(trial);
      const bool harmless = before.f1 - after.f1 <= options_.most_lost_f1 &&
                            after.normal_lost - before.normal_lost <= options_.most_lost_normal;
      if (harmless || reach < kLeastReach + kStep / 2) break;
    }
    clusters_ = std::move(trial);
    return reach;
  }

  void look_for_overlap(const Matrix& embeddings, EnrolledType& type,
                        std::vector<std::string>& warnings) const {
    for (const Cluster& other : clusters_) {
      if (other.label == kNormal || other.label == type.label) continue;
      const Eigen::ArrayXf d =
          nearest_squared(embeddings, other.prototypes).array().sqrt() / other.radius;
      const double share = static_cast<double>((d < 1).count()) / static_cast<double>(d.size());
      if (share <= type.overlap) continue;
      type.overlap = share;
      type.overlaps = other.label;
    }
    if (type.overlap < 0.5) return;
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.0f %%", 100 * type.overlap);
    warnings.push_back("W_SITS_ON_ANOTHER: " + std::string(percent) + " of the windows of '" +
                       type.label + "' look like '" + type.overlaps +
                       "': the two will be taken for each other. If they are one fault, enrol the "
                       "incidents as '" +
                       type.overlaps + "'");
  }

  const Encoder& encoder_;
  const ReferenceClusters& old_;
  const TrainingWindows& data_;
  const EnrolOptions& options_;
  std::vector<Cluster> clusters_;
  Matrix references_;       // embeddings
  std::vector<int> truth_;  // index of the old cluster
};

}  // namespace

EnrolResult enrol(const Encoder& encoder, const ReferenceClusters& clusters,
                  const EnrolReferences& references, const TrainingWindows& data,
                  const EnrolOptions& options) {
  return Enrolment(encoder, clusters, references, data, options).run();
}

}  // namespace faultprint::model
