#include "model/enrolment.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

#include "model/calm_embeddings.h"
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
        clusters_(clusters.clusters()),
        references_(encoder, clusters, references) {
    calm_ = CalmEmbeddings(references_.calm(), options.calm_quantile, options.seed);
  }

  EnrolResult run() {
    EnrolResult result;
    result.f1_before = references_.of(clusters_).f1;
    const int normal = old_.index(kNormal);
    if (normal >= 0) add_normal(static_cast<std::size_t>(normal));
    start_ = references_.of(clusters_);
    for (int c = 1; c < data_.classes(); ++c) result.types.push_back(add(c, result.warnings));
    result.f1_after = references_.of(clusters_).f1;
    result.clusters = ReferenceClusters(clusters_, old_.alpha(), encoder_.spec().width());
    return result;
  }

 private:
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

  // Windows in which something moves, to the encoder's eye. Where that leaves none: of a new type
  // all, and none for one that is known, whose own evidence they would only blur.
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
    // Of windows in which nothing moves so many seem to, too.
    const double chance = 2 * (1 - options_.calm_quantile) * static_cast<double>(all.size());
    if (static_cast<double>(kept.size()) > chance) return kept;
    const std::string looks = std::string("W_LOOKS_NORMAL: ") + (kept.empty() ? "" : "nearly ") +
                              "every window of '" + type.label +
                              "' is to this model like one in which nothing moves: ";
    const std::string ask = "Do the incidents' times fit, and do the KPIs show this fault?";
    if (!type.added) {
      type.look_normal = static_cast<int>(all.size());
      warnings.push_back(looks + "they tell the encoder nothing, and the cluster stays as it is. " +
                         ask);
      return {};
    }
    warnings.push_back(looks + "expect it to be missed. " + ask);
    if (!kept.empty()) return kept;
    type.look_normal = 0;
    return all;
  }

  int count_incidents(const Rows& rows) const {
    std::set<int> numbers;
    for (const std::size_t i : rows) numbers.insert(data_.incidents[i]);
    return static_cast<int>(numbers.size());
  }

  EnrolledType add(int c, std::vector<std::string>& warnings) {
    EnrolledType type;
    type.label = data_.class_names[static_cast<std::size_t>(c)];
    const int old = index_of(type.label);
    type.added = old < 0;
    const Rows rows = evidence(c, type, warnings);
    if (rows.empty()) {
      type.incidents = count_incidents(rows_of(data_, c));
      return type;
    }
    LabelledEmbeddings labelled{type.label, embed_rows(encoder_, data_.windows, rows), {}};
    for (const std::size_t i : rows) labelled.groups.push_back(data_.incidents[i]);
    labelled.origins = origins_of(data_, rows);
    type.windows = static_cast<int>(rows.size());
    type.incidents = count_incidents(rows);
    const Cluster cluster = make(labelled);
    if (old < 0)
      place(cluster, type);
    else
      merge(cluster, static_cast<std::size_t>(old), type);
    warn_of_cut(type, warnings);
    return type;
  }

  static void warn_of_cut(const EnrolledType& type, std::vector<std::string>& warnings) {
    const auto percent = [](double share) {
      return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
    };
    if (type.reach < kLeastReach + kStep / 2)
      warnings.push_back("W_CUT_BACK: '" + type.label +
                         "' lies so near to what the model knows that it reaches only " +
                         percent(type.reach) +
                         " as far as other faults: some of its incidents will be missed");
    else if (!type.added && type.kept < 0.5)
      warnings.push_back("W_CUT_BACK: of what these incidents say of '" + type.label + "' only " +
                         percent(type.kept) +
                         " is taken: the rest lies on windows that the model names right");
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

  bool harmless(const std::vector<Cluster>& clusters) const {
    const ReferenceScore::Score after = references_.of(clusters);
    return start_.f1 - after.f1 <= options_.most_lost_f1 &&
           after.normal_lost - start_.normal_lost <= options_.most_lost_normal;
  }

  // The cluster with those of its prototypes alone.
  static Cluster part_of(const Cluster& cluster, Rows rows) {
    std::sort(rows.begin(), rows.end());
    Cluster part = cluster;
    part.prototypes = take_rows(cluster.prototypes, rows);
    part.origins.clear();
    if (!cluster.origins.empty())
      for (const std::size_t row : rows) part.origins.push_back(cluster.origins[row]);
    part.nearest = std::min(cluster.nearest, std::max(1, static_cast<int>(rows.size())));
    return part;
  }

  // Without the prototypes that take most, down to `least` of them, until what is left is harmless
  // where `put` has it.
  template <typename Put>
  Cluster without_takers(const Cluster& cluster, std::size_t least, const Put& put) const {
    const std::vector<int> taken = references_.taken_by(cluster, clusters_);
    Rows order(taken.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return taken[a] < taken[b]; });
    for (; order.size() > least; order.pop_back()) {
      Cluster left = part_of(cluster, order);
      if (harmless(put(left))) return left;
    }
    return part_of(cluster, order);
  }

  // Puts a new cluster in, with the greatest reach that harms nothing.
  void place(const Cluster& whole, EnrolledType& type) {
    const auto with = [&](const Cluster& cluster) {
      std::vector<Cluster> trial = clusters_;
      trial.push_back(cluster);
      return trial;
    };
    const auto count = static_cast<std::size_t>(whole.prototypes.rows());
    const Cluster cluster = without_takers(whole, (count + 3) / 4, with);
    type.kept = static_cast<double>(cluster.prototypes.rows()) / static_cast<double>(count);
    for (type.reach = 1;; type.reach -= kStep) {
      Cluster placed = cluster;
      placed.radius *= static_cast<float>(type.reach);
      for (float& s : placed.scores) s /= static_cast<float>(type.reach);  // they are in radii
      std::vector<Cluster> trial = with(placed);
      if (!harmless(trial) && type.reach >= kLeastReach + kStep / 2) continue;
      clusters_ = std::move(trial);
      return;
    }
  }

  // Adds to the cluster of that number what of the evidence harms nothing.
  void merge(const Cluster& more, std::size_t old, EnrolledType& type) {
    const auto with = [&](const Cluster& part) {
      std::vector<Cluster> trial = clusters_;
      trial[old] = merged(clusters_[old], part);
      return trial;
    };
    const Cluster part = without_takers(more, 0, with);
    type.kept =
        static_cast<double>(part.prototypes.rows()) / static_cast<double>(more.prototypes.rows());
    if (part.prototypes.rows() > 0) clusters_ = with(part);
  }

  const Encoder& encoder_;
  const ReferenceClusters& old_;
  const TrainingWindows& data_;
  const EnrolOptions& options_;
  std::vector<Cluster> clusters_;
  ReferenceScore references_;
  ReferenceScore::Score start_;  // before the first type; the file's normal rows are in
  CalmEmbeddings calm_;
};

}  // namespace

EnrolResult enrol(const Encoder& encoder, const ReferenceClusters& clusters,
                  const EnrolReferences& references, const TrainingWindows& data,
                  const EnrolOptions& options) {
  return Enrolment(encoder, clusters, references, data, options).run();
}

}  // namespace faultprint::model
