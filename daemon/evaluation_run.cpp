#include "daemon/evaluation_run.h"

#include <algorithm>
#include <functional>

#include "daemon/pipeline.h"
#include "model/minirocket_classifier.h"
#include "model/nearest_class_mean.h"
#include "model/nearest_neighbour.h"

namespace faultprint::daemon {
namespace {

// Every scored window: what it was, and what the model says.
struct Predictions {
  std::vector<int> truth;
  std::vector<std::uint8_t> pure;
  std::vector<int> unit;  // of ResamplingUnits
  std::vector<int> model;
  std::vector<double> strangeness;  // calibrated distance to the nearest cluster
};

model::Classification of_pure(const Predictions& p, const std::vector<int>& predicted,
                              int classes) {
  std::vector<int> truth;
  std::vector<int> prediction;
  for (std::size_t i = 0; i < p.truth.size(); ++i) {
    if (p.pure[i] == 0) continue;
    truth.push_back(p.truth[i]);
    prediction.push_back(predicted[i]);
  }
  return model::classify(truth, prediction, classes);
}

// A simple classifier of the same windows, under the same alarm rules.
struct Baseline {
  using Classify = std::function<std::vector<int>(const model::MatrixView&)>;
  Classify classify;  // windows to labels of the model's references
  AlarmTracker alarms;
  std::vector<int> batch;      // its class of each row of the batch
  std::vector<int> predicted;  // its class of each window in Predictions
  std::vector<AlarmEvent> events;
};

class Evaluation {
 public:
  Evaluation(const config::Config& config, const ModelPointer& model,
             const ingest::Incidents& incidents)
      : config_(config),
        model_(model),
        labels_(incidents, model->input.period),
        incident_scorer_(incidents, model->input.period),
        units_(model->input.period, model->input.window),
        pipeline_(model, config, file_options(config.group.stream)) {
    for (const auto& cluster : model->model.clusters.clusters()) classes_.push_back(cluster.label);
    for (const auto* incident : incidents.faults()) class_number(incident->fault_type);
    for (const std::string& label : model->model.reference_labels)
      reference_class_.push_back(class_number(label));
    add_baselines();
  }

  EvaluationResult run(const std::vector<std::string>& files, const Progress& progress) {
    EvaluationResult result;
    result.rejects = read_history(
        config_, model_->input, files, pipeline_.store(), [&] { batch(); }, progress);
    result.not_scored = not_scored_;
    result.classes = classes_;
    const auto classes = static_cast<int>(classes_.size());
    result.model = {model::classify(p_.truth, p_.model, classes),
                    of_pure(p_, p_.model, classes),
                    incident_scorer_.score(events_),
                    {}};
    for (const auto& [name, b] : baselines_)
      result.baselines[name] = {model::classify(p_.truth, b.predicted, classes),
                                of_pure(p_, b.predicted, classes),
                                incident_scorer_.score(b.events),
                                {}};
    result.unknown = unknown();
    add_intervals(result);
    return result;
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
    baselines_.emplace(
        name, Baseline{std::move(classify), AlarmTracker(alarm_rules(config_.group.alarms, *model_).alarms), {}, {}, {}});
  }

  int class_number(const std::string& label) {
    const auto found = std::find(classes_.begin(), classes_.end(), label);
    if (found != classes_.end()) return static_cast<int>(found - classes_.begin());
    classes_.push_back(label);
    return static_cast<int>(classes_.size()) - 1;
  }

  void batch() {
    const std::vector<Verdict>& verdicts = pipeline_.process(scorer_, events_);
    const ingest::WindowStore& store = pipeline_.store();
    for (auto& [name, baseline] : baselines_) classify(store.batch(), baseline);
    for (const Verdict& verdict : verdicts) {
      const std::string& element = store.element_name(verdict.element);
      const std::int64_t slot = store.batch().slots[verdict.slot_index].slot;
      const auto label = labels_.at(element, slot, verdict.fresh);
      incident_scorer_.watched(element, slot);
      const bool ignored = *label.name == ingest::kIgnore;
      const int unit = ignored ? -1 : units_.add(element, slot, label);
      if (verdict.row < 0) {
        ++not_scored_;
        continue;
      }
      for (auto& [name, baseline] : baselines_) follow(verdict, element, baseline);
      if (ignored) continue;
      p_.unit.push_back(unit);
      p_.truth.push_back(class_number(*label.name));
      p_.pure.push_back(label.run >= model_->input.window ? 1 : 0);
      p_.model.push_back(verdict.nearest);
      for (auto& [name, baseline] : baselines_)
        baseline.predicted.push_back(baseline.batch[static_cast<std::size_t>(verdict.row)]);
      p_.strangeness.push_back(strangeness(verdict));
    }
  }

  // In radii, by whichever sees it as the stranger: the clusters or the shapes.
  double strangeness(const Verdict& verdict) const {
    const std::size_t cells = pipeline_.store().layout().cells();
    const auto window = std::span(pipeline_.store().batch().windows)
                            .subspan(static_cast<std::size_t>(verdict.row) * cells, cells);
    const model::Familiarity& familiarity = model_->familiarity;
    return std::max(verdict.match.distance, familiarity.distance(window) / familiarity.radius());
  }

  void classify(const ingest::Batch& batch, Baseline& baseline) {
    const auto cells = static_cast<Eigen::Index>(pipeline_.store().layout().cells());
    const Eigen::Map<const model::Matrix> windows(batch.windows.data(),
                                                  static_cast<Eigen::Index>(batch.rows), cells);
    baseline.batch = baseline.classify(windows);
    for (int& label : baseline.batch) label = reference_class_[static_cast<std::size_t>(label)];
  }

  // The same alarm rules: its label is the verdict, with evidence of one.
  void follow(Verdict verdict, const std::string& element, Baseline& baseline) {
    const auto row = static_cast<std::size_t>(verdict.row);
    const int label = baseline.batch[row];
    const auto clusters = model_->model.clusters.clusters().size();
    std::vector<float> distances(clusters, 1.0F);
    distances[static_cast<std::size_t>(label) % clusters] = 0;
    verdict.match.nearest = label;
    verdict.outcome = label == model_->normal ? Outcome::normal : Outcome::fault;
    baseline.alarms.add(verdict, element, {distances.data(), {}, {}}, *model_, baseline.events);
  }

  // Of each window: is it of a type that the model does not know?
  std::vector<std::uint8_t> strange() const {
    const auto clusters = static_cast<int>(model_->model.clusters.clusters().size());
    std::vector<std::uint8_t> result;
    for (const int truth : p_.truth) result.push_back(truth >= clusters ? 1 : 0);
    return result;
  }

  std::optional<model::Detection> unknown() const {
    const std::vector<std::uint8_t> strange_windows = strange();
    std::vector<double> strangers;
    std::vector<double> known;
    for (std::size_t i = 0; i < p_.truth.size(); ++i)
      (strange_windows[i] != 0 ? strangers : known).push_back(p_.strangeness[i]);
    if (strangers.empty() || known.empty()) return std::nullopt;
    return model::detect(std::move(strangers), std::move(known));
  }

  void add_intervals(EvaluationResult& result) {
    const WindowUnits windows{p_.truth, p_.unit, static_cast<int>(classes_.size())};
    std::vector<MethodOutcome> outcomes{{p_.model, &result.model.incidents}};
    for (const auto& [name, b] : baselines_)
      outcomes.push_back({b.predicted, &result.baselines[name].incidents});
    auto intervals = method_intervals(units_, windows, outcomes, model_->input.period);
    result.model.intervals = std::move(intervals[0]);
    std::size_t next = 1;
    for (auto& [name, score] : result.baselines) score.intervals = std::move(intervals[next++]);
    result.unknown_intervals = detection_intervals(units_, windows, strange(), p_.strangeness);
    result.incident_units = units_.incidents();
    result.normal_blocks = units_.normal_blocks();
  }

  const config::Config& config_;
  ModelPointer model_;
  SlotLabels labels_;
  IncidentScorer incident_scorer_;
  ResamplingUnits units_;
  Pipeline pipeline_;
  std::map<std::string, Baseline> baselines_;
  Scorer scorer_;
  std::vector<std::string> classes_;
  std::vector<int> reference_class_;
  Predictions p_;
  std::vector<AlarmEvent> events_;
  std::size_t not_scored_ = 0;
};

}  // namespace

EvaluationResult evaluate_model(const config::Config& config, const ModelPointer& model,
                                const DataFiles& files, const Progress& progress) {
  const auto incidents = ingest::Incidents::read(files.incidents, model->input.period);
  return Evaluation(config, model, incidents).run(files.history, progress);
}

}  // namespace faultprint::daemon
