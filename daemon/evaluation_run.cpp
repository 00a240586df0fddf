#include "daemon/evaluation_run.h"

#include <functional>

#include "daemon/evaluation_tally.h"
#include "daemon/pipeline.h"
#include "daemon/rejected_records.h"
#include "model/minirocket_classifier.h"
#include "model/nearest_class_mean.h"
#include "model/nearest_neighbour.h"

namespace faultprint::daemon {
namespace {

// A simple classifier of the same windows, under the same alarm rules.
struct Baseline {
  using Classify = std::function<std::vector<int>(const model::MatrixView&)>;
  Classify classify;  // windows to labels of the model's references
  AlarmTracker alarms;
  std::vector<int> batch;  // its label of each row of the batch
};

// One round: the pipeline of live use, and the baselines beside it.
class Judge {
 public:
  Judge(const config::Config& config, ModelPointer model, const ingest::Incidents& incidents,
        EvaluationTally& tally)
      : config_(config),
        model_(std::move(model)),
        tally_(tally),
        labels_(incidents, model_->input.period),
        pipeline_(model_, config, file_options(config.group().stream)) {
    const model::ReferenceClusters& clusters = model_->model.clusters;
    for (const auto& cluster : clusters.clusters())
      cluster_class_.push_back(tally.class_number(cluster.label));
    for (const std::string& label : model_->model.reference_labels) {
      reference_class_.push_back(tally.class_number(label));
      reference_cluster_.push_back(clusters.index(label));
    }
    add_baselines();
  }

  void run(const DataFiles& files, const Progress& progress) {
    const ingest::RejectCounts rejects = read_history(
        config_, model_->input, files.history, pipeline_.store(), [&] { batch(); }, progress,
        files.wanted);
    for (std::size_t i = 0; i < rejects.size(); ++i) tally_.rejects[i] += rejects[i];
  }

 private:
  void add_baselines() {
    const model::LabelledWindows& references = model_->model.references;
    const model::EncoderSpec& spec = model_->model.encoder.spec();
    add_baseline("1nn", [&references, &spec](const model::MatrixView& windows) {
      return model::nearest_neighbour(references, windows, spec.columns(), spec.kpis);
    });
    if (model_->input.window >= model::MiniRocketClassifier::kLeastSlots && spec.kpis > 0)
      add_baseline("minirocket",
                   model::MiniRocketClassifier(references, spec.columns(), spec.kpis));
    add_baseline("nearest_class_mean",
                 model::NearestClassMean(references, spec.columns(), spec.kpis));
  }

  void add_baseline(const std::string& name, Baseline::Classify classify) {
    const AlarmRules rules = alarm_rules(config_.group().alarms, *model_);
    baselines_.emplace(name, Baseline{std::move(classify), AlarmTracker(rules.alarms), {}});
    tally_.baselines[name];
  }

  void batch() {
    const std::vector<Verdict>& verdicts = pipeline_.process(scorer_, tally_.ours.events);
    const ingest::WindowStore& store = pipeline_.store();
    const auto cells = static_cast<Eigen::Index>(store.layout().cells());
    const Eigen::Map<const model::Matrix> windows(
        store.batch().windows.data(), static_cast<Eigen::Index>(store.batch().rows), cells);
    for (auto& [name, baseline] : baselines_) baseline.batch = baseline.classify(windows);
    for (const Verdict& verdict : verdicts) {
      const std::string& element = store.element_name(verdict.element);
      const std::int64_t slot = store.batch().slots[verdict.slot_index].slot;
      const auto label = labels_.at(element, slot, verdict.fresh);
      const int unit = tally_.watched(element, slot, label);
      if (verdict.row < 0) {
        ++tally_.not_scored;
        continue;
      }
      for (auto& [name, baseline] : baselines_) follow(verdict, element, baseline, name);
      if (unit >= 0) keep(verdict, label, unit);
    }
  }

  void keep(const Verdict& verdict, const SlotLabels::Label& label, int unit) {
    EvaluationTally::Truth& truth = tally_.truth;
    truth.unit.push_back(unit);
    truth.label.push_back(tally_.class_number(*label.name));
    truth.pure.push_back(label.run >= model_->input.window ? 1 : 0);
    truth.strange.push_back(model_->model.clusters.index(*label.name) < 0 ? 1 : 0);
    tally_.ours.predicted.push_back(cluster_class_[static_cast<std::size_t>(verdict.nearest)]);
    tally_.strangeness.push_back(strangeness(verdict));
    for (const auto& [name, baseline] : baselines_) {
      const int said = baseline.batch[static_cast<std::size_t>(verdict.row)];
      tally_.baselines[name].predicted.push_back(reference_class_[static_cast<std::size_t>(said)]);
    }
  }

  // In radii, by whichever sees it as the stranger: the clusters or, where it is asked, the shapes.
  double strangeness(const Verdict& verdict) const {
    const std::size_t cells = pipeline_.store().layout().cells();
    const auto window = std::span(pipeline_.store().batch().windows)
                            .subspan(static_cast<std::size_t>(verdict.row) * cells, cells);
    const model::Familiarity& familiarity = model_->familiarity;
    if (activity(window, model_->input) <= model_->calm_deviation) return verdict.match.distance;
    return std::max(verdict.match.distance, familiarity.distance(window) / familiarity.radius());
  }

  // The same alarm rules: its label is the verdict, with evidence of one.
  void follow(Verdict verdict, const std::string& element, Baseline& baseline,
              const std::string& name) {
    const auto row = static_cast<std::size_t>(verdict.row);
    const int said = reference_cluster_[static_cast<std::size_t>(baseline.batch[row])];
    const int cluster = said < 0 ? model_->normal : said;  // one that the model has forgotten
    std::vector<float> distances(model_->model.clusters.clusters().size(), 1.0F);
    distances[static_cast<std::size_t>(cluster)] = 0;
    verdict.match.nearest = cluster;
    verdict.outcome = cluster == model_->normal ? Outcome::normal : Outcome::fault;
    baseline.alarms.add(verdict, element, {distances.data(), {}, {}}, *model_,
                        tally_.baselines[name].events);
  }

  const config::Config& config_;
  ModelPointer model_;
  EvaluationTally& tally_;
  SlotLabels labels_;
  Pipeline pipeline_;
  Scorer scorer_;
  std::map<std::string, Baseline> baselines_;
  std::vector<int> cluster_class_;      // class of each of the model's clusters
  std::vector<int> reference_class_;    // of each of its reference labels
  std::vector<int> reference_cluster_;  // and the cluster; -1: none
};

}  // namespace

void EvaluationResult::set_intervals(EvaluationIntervals intervals) {
  model.intervals = std::move(intervals.methods.front());
  std::size_t next = 1;
  for (auto& [name, score] : baselines) score.intervals = std::move(intervals.methods[next++]);
  unknown_intervals = intervals.unknown;
  incident_units = intervals.incident_units;
  normal_blocks = intervals.normal_blocks;
}

EvaluationResult evaluate_rounds(const config::Config& config,
                                 const std::vector<EvaluationRound>& rounds,
                                 const ingest::Incidents& incidents, const Progress& progress) {
  EvaluationTally tally(rounds, incidents);
  // Every raise is judged by itself: an alarm that is held up would hide the next incident.
  config::Config each = config;
  each.group().alarms.flapping = {};
  for (std::size_t i = 0; i < rounds.size(); ++i)
    Judge(each, rounds[i].model, incidents, tally).run(rounds[i].files, [&](double share) {
      if (progress) progress((static_cast<double>(i) + share) / static_cast<double>(rounds.size()));
    });
  return tally.result();
}

EvaluationResult evaluate_model(const config::Config& config, const ModelPointer& model,
                                const DataFiles& files, const Progress& progress) {
  const auto incidents = ingest::Incidents::read(files.incidents, model->input.period);
  EvaluationResult result = evaluate_rounds(config, {{model, files}}, incidents, progress);
  require_used(result.rejects);
  if (auto rejected = reject_warning(result.rejects))
    result.warnings.push_back(*std::move(rejected));
  if (auto unmatched = unmatched_warning(incidents, result.times, result.rejects))
    result.warnings.push_back(*std::move(unmatched));
  if (result.model.all.windows == 0)
    result.warnings.push_back(
        "W_NOTHING_SCORED: no labelled window was scored, so that figures of 0 say nothing of the "
        "model: is the history longer than the baseline's start plus a window, and does some of it "
        "count (`normal` rows leave all else out)?");
  return result;
}

}  // namespace faultprint::daemon
