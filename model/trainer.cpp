#include "model/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "model/embedding_checks.h"
#include "model/encoder.h"
#include "model/kept_out_pairs.h"
#include "model/straddling.h"
#include "model/training_clusters.h"
#include "model/training_run.h"
#include "model/validation.h"

namespace faultprint::model {
namespace {

using Rows = std::vector<std::size_t>;

bool learns_from_made_up_alone(const TrainingWindows& data, const TrainOptions& options) {
  return data.classes() < 2 && options.pairs.same.empty();
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
}

class Training {
 public:
  Training(const TrainingWindows& data, const TrainOptions& options, const EpochListener& listener)
      : data_(data),
        options_(options),
        listener_(listener),
        split_(split_by_incident(data, options.encoder.window, options.validation_share,
                                 options.seed)) {
    check_split(data, split_, options.encoder.window);
    if (learns_from_made_up_alone(data, options))
      made_up_.emplace(data, split_.validation, options.encoder.window, options.encoder.kpis,
                       options.curriculum, options.seed);
    // Nothing tells when to stop: early, as long training learns single incidents by heart. (Three
    // fault states of one router, each seen once: macro-F1 .78 .92 .92 where 20 epochs have .70 .82
    // .81, bench/scenarios.py leaf7.)
    if (split_.validation.empty() && data.classes() > 1)
      options_.epochs = std::min(options_.epochs, options_.least_epochs);
  }

  TrainResult run() {
    int epochs = options_.epochs;
    if (!split_.validation.empty()) epochs = first_run();
    TrainResult result = second_run(epochs);
    calibrate_pairs(result);
    return result;
  }

  ValidationFigures validation() {
    if (split_.validation.empty()) return {};
    first_run();
    return {best_smooth_, best_.f1, best_.novel_auroc};
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
    const int least = std::min(options_.least_epochs, options_.epochs);
    int best_epoch = least;
    double smooth = -1;
    for (int epoch = 1; epoch <= options_.epochs && epoch - best_epoch <= options_.patience;
         ++epoch) {
      EpochReport r;
      run.epoch(epoch, r);
      const Encoder encoder = run.encoder();
      Validation v = validate(encoder, data_, split_, options_);
      if (made_up_)
        v.made_up = made_up_->measure(
            encoder, ReferenceClusters(v.clusters, options_.alpha, options_.encoder.width()));
      if (data_.classes() > 1) r.validation_f1 = v.f1;  // of one class it is always 1
      r.novel_auroc = v.novel_auroc;
      r.made_up_auroc = v.made_up.auroc;
      r.made_up_named = v.made_up.named;
      smooth = smooth < 0 ? v.score() : 0.5 * (smooth + v.score());
      const bool better = epoch >= least && smooth > best_smooth_ - kClearly;
      const bool goes_on = report(r);
      if (better || (!goes_on && best_.clusters.empty())) {
        best_smooth_ = std::max(smooth, best_smooth_);
        best_ = std::move(v);
        best_epoch = epoch;
        best_encoder_ = encoder;
        calibrate_clusters(best_.clusters, encoder, data_, split_.validation);
      }
      if (!goes_on) {
        stopped_ = true;
        break;
      }
    }
    return best_epoch;
  }

  TrainResult second_run(int epochs) {
    const Rows all = used_rows();
    TrainingRun run(data_, all, options_, options_.seed);
    TrainResult result;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
      EpochReport r;
      r.run = 2;
      run.epoch(epoch, r);
      result.final_loss = r.loss;
      result.best_epoch = epoch;
      last_active_ = r.active;
      if (!report(r) && !stopped_) break;
    }
    result.encoder = run.encoder();
    if (data_.classes() > 1) result.validation_f1 = best_.f1;
    result.novel_auroc = best_.novel_auroc;
    result.made_up = best_.made_up;
    for (std::string& warning : check_loss(run.loss(), result.final_loss, last_active_))
      result.warnings.push_back(std::move(warning));
    check_embeddings(result, all);
    finish(result, all);
    return result;
  }

  Rows used_rows() const {
    Rows rows;
    for (std::size_t i = 0; i < data_.size(); ++i)
      if (data_.labels[i] >= 0) rows.push_back(i);
    return rows;
  }

  // By incidents that the first run left out (a type that it never saw among them), without those
  // that labelled pairs have shown it. Where they give none, by labelled pairs.
  void calibrate_pairs(TrainResult& result) {
    const bool labelled = data_.classes() > 1;
    if (labelled && !split_.validation.empty()) {
      Rows rows = split_.validation;
      rows.insert(rows.end(), split_.novel.begin(), split_.novel.end());
      rows = rows_without(data_, rows, options_.pairs.windows, options_.encoder.window);
      result.pairs = fit_pair_calibration(
          pairs_across_incidents(best_encoder_, data_, rows, options_.encoder.window));
    }
    if (!result.pairs && !options_.pairs.same.empty()) result.pairs = pair_run(result.best_epoch);
    if (!labelled && options_.pairs.same.empty()) return;
    for (std::string& warning : check_pair_calibration(result.pairs))
      result.warnings.push_back(std::move(warning));
  }

  // With labelled pairs left out: a run of its own, so that the others' models stay as they are.
  std::optional<PairCalibration> pair_run(int epochs) {
    PairSplit split = split_pairs(options_.pairs, options_.validation_share, options_.seed);
    if (split.kept_out.same.empty()) return std::nullopt;
    const Rows rows =
        rows_without(data_, used_rows(), split.kept_out.windows, options_.encoder.window);
    TrainOptions options = options_;
    options.pairs = std::move(split.training);
    TrainingRun run(data_, rows, options, options.seed);
    for (int epoch = 1; epoch <= epochs; ++epoch) {
      EpochReport r;
      r.run = 3;
      run.epoch(epoch, r);
      if (!report(r) && !stopped_) return std::nullopt;
    }
    return fit_pair_calibration(distances_of(run.encoder(), split.kept_out));
  }

  void check_embeddings(TrainResult& result, const Rows& all) {
    const Matrix embeddings = embed_rows(result.encoder, data_.windows, all);
    std::vector<int> labels;
    for (const std::size_t i : all) labels.push_back(data_.labels[i]);
    const bool labelled = data_.classes() > 1;
    const EmbeddingHealth health = measure_health(embeddings, labels, options_.encoder.output);
    std::vector<std::string> told;
    if (labelled) told = check_health(health, options_.encoder.width());
    for (auto& warning : check_merged(embeddings, labels, data_.class_names))
      told.push_back(std::move(warning));
    for (auto& warning : check_confused(best_.truth, best_.predicted, data_.class_names, told))
      told.push_back(std::move(warning));
    for (auto& warning : check_transitions(data_, options_.encoder.window))
      told.push_back(std::move(warning));
    result.warnings.insert(result.warnings.end(), told.begin(), told.end());
  }

  void finish(TrainResult& result, const Rows& all) {
    std::vector<Cluster> clusters = make_clusters(result.encoder, data_, all, options_);
    if (split_.validation.empty()) {
      result.warnings.emplace_back(
          "W_NO_VALIDATION: no fault type has two incidents, so nothing could be left out: the "
          "number of epochs and the calibration of unknown rest on training data");
      calibrate_clusters(clusters, result.encoder, data_, all);
      // Radii of windows that made the prototypes tell nothing of the next incident's.
      for (Cluster& cluster : clusters) cluster.limit = Cluster::kNoLimit;
    }
    for (Cluster& cluster : clusters) {
      for (const Cluster& held : best_.clusters)
        if (held.label == cluster.label) {
          cluster.scores = held.scores;
          cluster.score_count = held.score_count;
          if (cluster.label != data_.class_names.front())
            cluster.limit = limit_of(held.scores, options_.clusters);
        }
    }
    result.clusters =
        ReferenceClusters(std::move(clusters), options_.alpha, options_.encoder.width());
    for (std::size_t c = 0; c < result.clusters.clusters().size(); ++c)
      if (result.clusters.pooled(c))
        result.warnings.push_back(
            "W_CAL_TOO_FEW: '" + result.clusters.clusters()[c].label + "' has " +
            std::to_string(result.clusters.clusters()[c].score_count) +
            " calibration windows, too few for a false-alarm rate of " +
            std::to_string(options_.alpha) + ": those of all types are pooled");
  }

  const TrainingWindows& data_;
  TrainOptions options_;
  const EpochListener& listener_;
  Split split_;
  std::optional<MadeUpFaults> made_up_;
  Validation best_;
  double best_smooth_ = -1;  // score of the first run
  Encoder best_encoder_;     // of the first run
  bool stopped_ = false;
  double last_active_ = 1;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

void check(const TrainOptions& options) {
  check(options.encoder);
  const Loss loss(loss_for(options), options.encoder.width());
  const LossKind kind = options.loss.kind;
  if (options.encoder.output == EncoderOutput::linear &&
      (kind == LossKind::lossless_ln || kind == LossKind::lossless_linear))
    throw std::invalid_argument(
        "E_EMBEDDING_RANGE: the lossless losses are defined on embeddings in [0,1], and a linear "
        "output has no bounds: use the sigmoid output");
  if (!options.pairs.same.empty()) loss.check_takes_pairs();
}

ValidationFigures validate_only(const TrainingWindows& data, const TrainOptions& options,
                                const EpochListener& listener) {
  check(options);
  check(data);
  return Training(data, options, listener).validation();
}

TrainResult train(const TrainingWindows& data, const TrainOptions& options,
                  const EpochListener& listener) {
  check(options);
  check(data);
  return Training(data, options, listener).run();
}

}  // namespace faultprint::model
