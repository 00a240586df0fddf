#include "daemon/operating_replay.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "daemon/alarm_tracker.h"
#include "daemon/incident_score.h"
#include "daemon/references.h"
#include "daemon/scorer.h"
#include "model/evaluation.h"

namespace faultprint::daemon {
namespace {

constexpr std::array<std::pair<int, int>, 9> kRaises = {
    {{2, 2}, {2, 3}, {3, 3}, {3, 4}, {4, 4}, {4, 5}, {5, 6}, {6, 8}, {8, 10}}};
constexpr std::array kMargins = {0.0F, 0.1F, 0.2F, 0.35F, 0.5F, 0.75F, 1.0F, 1.5F, 2.0F, 3.0F};
constexpr float kFar = 1e9F;  // radii; of a label that a fold's model does not know

// A verdict and what an alarm needs of it.
struct Judged {
  Verdict verdict;
  const std::string* element = nullptr;
  std::size_t distances = 0;  // where they begin, in the order of the whole model's clusters
};

class Measurement {
 public:
  Measurement(const config::Config& config, const Dataset& data, const ingest::Incidents& incidents,
              const model::ReferenceClusters& clusters, const CrossJudges& judges)
      : config_(config),
        data_(data),
        judges_(judges),
        labels_(incidents, data.input.period),
        scorer_(incidents, data.input.period),
        names_(model_of(clusters)) {
    for (const model::CrossFit& fit : judges.models) {
      judges_of_fold_.push_back(model_of(fit.clusters));
      judges_of_fold_.back().model.encoder = fit.encoder;
      know_shapes(judges_of_fold_.back(), static_cast<int>(scorers_.size()), clusters.alpha());
      scorers_.emplace_back();
      penalties_of_fold_.push_back(penalties_of(config.group().alarms, fit.clusters));
    }
  }

  void add(const ingest::WindowStore& store) {
    const ingest::WindowStore* const alone = &store;
    std::vector<std::vector<Verdict>> verdicts;
    for (std::size_t f = 0; f < scorers_.size(); ++f) {
      scorers_[f].score({&alone, 1}, judges_of_fold_[f]);
      verdicts.push_back(
          scorers_[f].verdicts(0, store, judges_of_fold_[f], {0, penalties_of_fold_[f]}));
    }
    for (std::size_t i = 0; i < store.batch().slots.size(); ++i) {
      const ingest::CompletedSlot& slot = store.batch().slots[i];
      const std::string& name = store.element_name(slot.element);
      scorer_.watched(name, slot.slot);
      const std::size_t judge = judge_of(name, slot);
      keep(verdicts[judge][i], name, judge);
    }
  }

  OperatingCurve curve(const Progress& progress) const {
    OperatingCurve result;
    result.elements = data_.elements;
    std::vector<std::pair<int, int>> raises(kRaises.begin(), kRaises.end());
    const config::AlarmConfig& alarms = config_.group().alarms;
    const std::pair given(alarms.raise_count, alarms.raise_of);
    if (alarms.raise_given && std::find(raises.begin(), raises.end(), given) == raises.end())
      raises.push_back(given);
    const auto all = static_cast<double>(raises.size() * kMargins.size());
    for (const auto& [count, of] : raises) {
      for (const float margin : kMargins) {
        result.points.push_back({count, of, margin, 0, 0, std::nullopt});
        fill(result.points.back(), result);
        progress(static_cast<double>(result.points.size()) / all);
      }
    }
    return result;
  }

 private:
  LoadedModel model_of(const model::ReferenceClusters& clusters) const {
    LoadedModel model;
    model.input = data_.input;
    model.model.clusters = clusters;
    model.normal = clusters.index(ingest::kNormal);
    model.calm_deviation = data_.calm_deviation;
    return model;
  }

  // By the references that are not in that fold. Scores are the whole data's, as those of the
  // clusters are.
  void know_shapes(LoadedModel& judge, int fold, double alpha) const {
    const auto scores = shape_scores_of(data_, judges_.references);
    const model::TrainingWindows& all = data_.windows;
    std::vector<std::size_t> rows;
    model::LabelledWindows references;
    for (const std::size_t i : judges_.references) {
      if (judges_.folds.of(all.incidents[i], all.elements[i], all.slots[i]) == fold) continue;
      rows.push_back(i);
      references.labels.push_back(all.labels[i]);
    }
    references.windows = model::take_rows(all.windows, rows);
    judge.familiarity =
        familiarity_of(references, scores, alpha, data_.input, data_.calm_deviation);
    judge.resemblance = resemblance_of(references, all.class_names, judge.model.clusters,
                                       data_.input, data_.calm_deviation);
  }

  // The fold that the window is kept out of; any, where it is in none.
  std::size_t judge_of(const std::string& name, const ingest::CompletedSlot& slot) {
    const auto label = labels_.at(name, slot.slot, slot.fresh);
    const bool fault =
        label.row != nullptr && *label.name != ingest::kNormal && *label.name != ingest::kIgnore;
    const auto number = data_.element_numbers.find(name);
    if (number == data_.element_numbers.end()) return 0;
    const int fold =
        judges_.folds.of(fault ? label.row->id : -1, static_cast<int>(number->second), slot.slot);
    if (fold == model::Folds::kNone) {
      known_to_all_.insert(label.row->id);
      return 0;
    }
    return static_cast<std::size_t>(fold);
  }

  void keep(Verdict verdict, const std::string& name, std::size_t judge) {
    Judged judged{verdict, &*element_names_.insert(name).first, distances_.size()};
    if (verdict.row >= 0) {
      const model::ReferenceClusters& own = judges_of_fold_[judge].model.clusters;
      const float* const given = scorers_[judge].distances(0, verdict.row);
      for (const model::Cluster& cluster : names_.model.clusters.clusters()) {
        const int c = own.index(cluster.label);
        distances_.push_back(c < 0 ? kFar : given[c]);
      }
      judged.verdict.match.nearest =
          names_.model.clusters.index(judges_of_fold_[judge].label(verdict.match.nearest));
    }
    judged_.push_back(judged);
  }

  void fill(OperatingPoint& point, OperatingCurve& curve) const {
    config::AlarmConfig alarms = config_.group().alarms;
    alarms.flapping = {};  // every raise counts
    alarms.raise_count = point.raise_count;
    alarms.raise_of = point.raise_of;
    AlarmTracker tracker(alarms);
    std::vector<AlarmEvent> events;
    for (const Judged& judged : judged_) {
      Verdict verdict = judged.verdict;
      const float* const distances = distances_.data() + judged.distances;
      if (verdict.outcome == Outcome::fault &&
          !clears_margin(verdict.match.nearest, distances, names_.normal, point.margin))
        verdict.outcome = Outcome::normal;
      tracker.add(verdict, *judged.element, {distances, {}, {}}, names_, events);
    }
    const IncidentScore score = scorer_.score(events);
    curve.element_days = score.element_days;
    curve.incidents = 0;
    point.false_alarms = score.false_alarms.size();
    std::vector<double> delays;
    for (const IncidentOutcome& outcome : score.incidents) {
      if (known_to_all_.count(outcome.incident.id) > 0) continue;
      ++curve.incidents;
      if (outcome.delay_s) delays.push_back(*outcome.delay_s);
    }
    point.named = delays.size();
    if (!delays.empty()) point.median_delay_s = model::median(std::move(delays));
  }

  const config::Config& config_;
  const Dataset& data_;
  const CrossJudges& judges_;
  SlotLabels labels_;
  IncidentScorer scorer_;
  LoadedModel names_;  // the whole model's clusters
  std::vector<LoadedModel> judges_of_fold_;
  std::vector<Scorer> scorers_;
  std::vector<std::vector<float>> penalties_of_fold_;
  std::set<std::string> element_names_;
  std::vector<Judged> judged_;
  std::vector<float> distances_;
  std::set<int> known_to_all_;  // incidents that no fold keeps out: no evidence
};

}  // namespace

OperatingCurve measure_operating_curve(const config::Config& config, const Dataset& data,
                                       const DataFiles& files, const ingest::Incidents& incidents,
                                       const model::ReferenceClusters& clusters,
                                       const CrossJudges& judges, const Progress& progress) {
  Measurement measurement(config, data, incidents, clusters, judges);
  ingest::WindowStore store(data.input, file_options(config.group().stream));
  read_history(
      config, data.input, files.history, store, [&] { measurement.add(store); },
      [&](double share) { progress(share / 2); }, files.wanted);
  return measurement.curve([&](double share) { progress((1 + share) / 2); });
}

}  // namespace faultprint::daemon
