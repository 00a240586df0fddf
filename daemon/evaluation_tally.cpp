#include "daemon/evaluation_tally.h"

#include <algorithm>

namespace faultprint::daemon {
namespace {

model::Classification of_pure(const EvaluationTally::Truth& truth,
                              const std::vector<int>& predicted, int classes) {
  std::vector<int> label;
  std::vector<int> prediction;
  for (std::size_t i = 0; i < truth.label.size(); ++i) {
    if (truth.pure[i] == 0) continue;
    label.push_back(truth.label[i]);
    prediction.push_back(predicted[i]);
  }
  return model::classify(label, prediction, classes);
}

}  // namespace

EvaluationTally::EvaluationTally(const std::vector<EvaluationRound>& rounds,
                                 const ingest::Incidents& incidents)
    : period_(rounds.front().model->input.period),
      incident_scorer_(incidents, period_),
      units_(period_, rounds.front().model->input.window) {
  for (const EvaluationRound& round : rounds)
    for (const auto& cluster : round.model->model.clusters.clusters()) class_number(cluster.label);
  for (const auto* incident : incidents.faults()) class_number(incident->fault_type);
}

int EvaluationTally::class_number(const std::string& label) {
  const auto found = std::find(classes_.begin(), classes_.end(), label);
  if (found != classes_.end()) return static_cast<int>(found - classes_.begin());
  classes_.push_back(label);
  return static_cast<int>(classes_.size()) - 1;
}

int EvaluationTally::watched(const std::string& element, std::int64_t slot,
                             const SlotLabels::Label& label) {
  incident_scorer_.watched(element, slot);
  const std::int64_t start_us = slot * period_.count();
  times_.add(element, {start_us, start_us + period_.count()});
  return *label.name == ingest::kIgnore ? -1 : units_.add(element, slot, label);
}

EvaluationResult EvaluationTally::result() {
  EvaluationResult result;
  result.rejects = rejects;
  result.not_scored = not_scored;
  result.times = std::move(times_);
  result.classes = classes_;
  result.model = score(ours);
  for (const auto& [name, outcomes] : baselines) result.baselines[name] = score(outcomes);
  result.unknown = unknown();
  add_intervals(result);
  return result;
}

MethodScore EvaluationTally::score(const Outcomes& outcomes) const {
  const auto classes = static_cast<int>(classes_.size());
  return {model::classify(truth.label, outcomes.predicted, classes),
          of_pure(truth, outcomes.predicted, classes),
          incident_scorer_.score(outcomes.events),
          {}};
}

std::optional<model::Detection> EvaluationTally::unknown() const {
  std::vector<double> strangers;
  std::vector<double> known;
  for (std::size_t i = 0; i < truth.strange.size(); ++i)
    (truth.strange[i] != 0 ? strangers : known).push_back(strangeness[i]);
  if (strangers.empty() || known.empty()) return std::nullopt;
  return model::detect(std::move(strangers), std::move(known));
}

void EvaluationTally::add_intervals(EvaluationResult& result) {
  const WindowUnits windows{truth.label, truth.unit, static_cast<int>(classes_.size())};
  std::vector<MethodOutcome> outcomes{{ours.predicted, &result.model.incidents}};
  for (const auto& [name, b] : baselines)
    outcomes.push_back({b.predicted, &result.baselines[name].incidents});
  auto tally = std::make_shared<UnitTally>(tally_by_unit(units_, windows, outcomes, period_));
  tally->unknown = detection_by_unit(windows, truth.strange, strangeness);
  result.tally = std::move(tally);
  result.set_intervals(intervals_of({result.tally.get()}));
}

}  // namespace faultprint::daemon
