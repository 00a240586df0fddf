#include "model/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "model/evaluation.h"
#include "model/prototypes.h"
#include "model/training_run.h"

namespace faultprint::model {
namespace {

using Rows = std::vector<std::size_t>;

Matrix embed_rows(const DenseEncoder& encoder, const TrainingWindows& data, const Rows& rows) {
  constexpr std::size_t kBlock = 1024;
  Matrix embeddings(static_cast<Eigen::Index>(rows.size()), encoder.spec().embedding);
  DenseEncoder::Scratch scratch;
  for (std::size_t first = 0; first < rows.size(); first += kBlock) {
    const Rows block(
        rows.begin() + static_cast<std::ptrdiff_t>(first),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(first + kBlock, rows.size())));
    embeddings.middleRows(static_cast<Eigen::Index>(first),
                          static_cast<Eigen::Index>(block.size())) =
        encoder.embed(take_rows(data.windows, block), scratch);
  }
  return embeddings;
}

// Windows of one incident go together; normal ones by element and stretch.
int group_of(const TrainingWindows& data, std::size_t i, int window) {
  if (data.labels[i] > 0) return data.incidents[i];
  return static_cast<int>((data.elements[i] * 7919LL + data.slots[i] / (8LL * window)) % 1000003);
}

// One scale for all: with a radius of its own, a type whose labels are noisy would swallow its
// neighbours.
void share_radius(std::vector<Cluster>& clusters, double normal_reach) {
  float mean = 0;
  for (const Cluster& cluster : clusters)
    mean += cluster.radius / static_cast<float>(clusters.size());
  for (Cluster& cluster : clusters) cluster.radius = mean;
  clusters.front().radius *= static_cast<float>(normal_reach);
}

// Clusters of the pure windows among `rows` (all of a class that has no pure one).
std::vector<Cluster> make_clusters(const DenseEncoder& encoder, const TrainingWindows& data,
                                   const Rows& rows, const TrainOptions& options) {
  std::vector<Cluster> clusters;
  for (int c = 0; c < data.classes(); ++c) {
    Rows own;
    for (const bool pure : {true, false}) {
      if (!own.empty()) break;
      for (const std::size_t i : rows)
        if (data.labels[i] == c && (!pure || data.pure[i] != 0)) own.push_back(i);
    }
    if (own.empty()) continue;
    LabelledEmbeddings labelled{
        data.class_names[static_cast<std::size_t>(c)], embed_rows(encoder, data, own), {}};
    for (const std::size_t i : own)
      labelled.groups.push_back(group_of(data, i, options.encoder.window));
    clusters.push_back(build_cluster(
        labelled, c == 0 ? options.clusters.normal_prototypes : options.clusters.fault_prototypes,
        options.clusters, options.seed));
  }
  share_radius(clusters, options.clusters.normal_reach);
  return clusters;
}

void calibrate(std::vector<Cluster>& clusters, const DenseEncoder& encoder,
               const TrainingWindows& data, const Rows& rows) {
  for (Cluster& cluster : clusters) {
    Rows own;
    for (const std::size_t i : rows)
      if (data.labels[i] >= 0 && data.pure[i] != 0 &&
          data.class_names[static_cast<std::size_t>(data.labels[i])] == cluster.label)
        own.push_back(i);
    std::vector<float> scores;
    const Eigen::VectorXf d = nearest_squared(embed_rows(encoder, data, own), cluster.prototypes);
    for (Eigen::Index i = 0; i < d.size(); ++i) scores.push_back(std::sqrt(d(i)) / cluster.radius);
    set_scores(cluster, std::move(scores));
  }
}

struct Validation {
  double f1 = -1;
  std::vector<Cluster> clusters;
};

// Macro-F1 of all validation windows at their real rates.
Validation validate(const DenseEncoder& encoder, const TrainingWindows& data, const Split& split,
                    const TrainOptions& options) {
  Validation result;
  result.clusters = make_clusters(encoder, data, split.training, options);
  const ReferenceClusters references(result.clusters, options.alpha, options.encoder.embedding);
  std::vector<int> cluster_class;
  for (const Cluster& cluster : result.clusters)
    cluster_class.push_back(static_cast<int>(
        std::find(data.class_names.begin(), data.class_names.end(), cluster.label) -
        data.class_names.begin()));
  Matrix distances;
  std::vector<Match> matches;
  references.match(embed_rows(encoder, data, split.validation), distances, matches);
  std::vector<int> truth;
  std::vector<int> predicted;
  for (const std::size_t i : split.validation) truth.push_back(data.labels[i]);
  for (const Match& match : matches)
    predicted.push_back(cluster_class[static_cast<std::size_t>(match.nearest)]);
  result.f1 = classify(truth, predicted, data.classes()).macro_f1;
  return result;
}

void check(const TrainingWindows& data) {
  std::vector<long> counts(data.class_names.size(), 0);
  for (const int label : data.labels)
    if (label >= 0) ++counts[static_cast<std::size_t>(label)];
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] < 2)
      throw std::invalid_argument("E_CLASS_TOO_SMALL: '" + data.class_names[c] + "' has " +
                                  std::to_string(counts[c]) +
                                  " usable windows and at least 2 are needed");
  if (counts.size() < 2)
    throw std::invalid_argument("E_CLASS_TOO_SMALL: there is no labelled fault to learn from");
}

class Training {
 public:
  Training(const TrainingWindows& data, const TrainOptions& options, const EpochListener& listener)
      : data_(data),
        options_(options),
        listener_(listener),
        split_(split_by_incident(data, options.encoder.window, options.validation_share,
                                 options.seed)) {}

  TrainResult run() {
    int epochs = options_.epochs;
    if (!split_.validation.empty()) epochs = first_run();
    return second_run(epochs);
  }

 private:
  bool report(EpochReport& r) {
    r.epochs = options_.epochs;
    r.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    return !listener_ || listener_(r);
  }

  // With incidents left out. Returns the epochs that serve best. A few incidents make a noisy
  // figure: it is smoothed, and an earlier epoch must have been clearly better.
  int first_run() {
    constexpr double kClearly = 0.02;
    TrainingRun run(data_, split_.training, options_, options_.seed);
    int best_epoch = 1;
    double smooth = -1;
    double best_smooth = -1;
    for (int epoch = 1; epoch <= options_.epochs && epoch - best_epoch <= options_.patience;
         ++epoch) {
      EpochReport r;
      run.epoch(epoch, r);
      const DenseEncoder encoder = run.encoder();
      Validation v = validate(encoder, data_, split_, options_);
      r.validation_f1 = v.f1;
      smooth = smooth < 0 ? v.f1 : 0.5 * (smooth + v.f1);
      if (smooth > best_smooth - kClearly) {
        best_smooth = std::max(smooth, best_smooth);
        best_ = std::move(v);
        best_epoch = epoch;
        calibrate(best_.clusters, encoder, data_, split_.validation);
      }
      if (!report(r)) {
        stopped_ = true;
        break;
      }
    }
    return best_epoch;
  }

  TrainResult second_run(int epochs) {
    Rows all;
    for (std::size_t i = 0; i < data_.size(); ++i)
      if (data_.labels[i] >= 0) all.push_back(i);
    TrainingRun run(data_, all, options_, options_.seed);
    TrainResult result;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
      EpochReport r;
      r.run = 2;
      run.epoch(epoch, r);
      result.final_loss = r.loss;
      result.best_epoch = epoch;
      if (!report(r) && !stopped_) break;
    }
    result.encoder = run.encoder();
    result.validation_f1 = best_.f1;
    finish(result, all);
    return result;
  }

  void finish(TrainResult& result, const Rows& all) {
    std::vector<Cluster> clusters = make_clusters(result.encoder, data_, all, options_);
    if (split_.validation.empty()) {
      result.warnings.emplace_back(
          "W_NO_VALIDATION: no fault type has two incidents, so nothing could be left out: the "
          "number of epochs and the calibration of unknown rest on training data");
      calibrate(clusters, result.encoder, data_, all);
    }
    for (Cluster& cluster : clusters) {
      for (const Cluster& held : best_.clusters)
        if (held.label == cluster.label) {
          cluster.scores = held.scores;
          cluster.score_count = held.score_count;
        }
    }
    result.clusters =
        ReferenceClusters(std::move(clusters), options_.alpha, options_.encoder.embedding);
    for (std::size_t c = 0; c < result.clusters.clusters().size(); ++c)
      if (result.clusters.pooled(c))
        result.warnings.push_back(
            "W_CAL_TOO_FEW: '" + result.clusters.clusters()[c].label + "' has " +
            std::to_string(result.clusters.clusters()[c].score_count) +
            " calibration windows, too few for a false-alarm rate of " +
            std::to_string(options_.alpha) + ": those of all types are pooled");
  }

  const TrainingWindows& data_;
  const TrainOptions& options_;
  const EpochListener& listener_;
  Split split_;
  Validation best_;
  bool stopped_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TrainResult train(const TrainingWindows& data, const TrainOptions& options,
                  const EpochListener& listener) {
  check(data);
  return Training(data, options, listener).run();
}

}  // namespace faultprint::model
