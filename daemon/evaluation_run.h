// `faultprint evaluate` without its command line: a model against labelled history, through the
// pipeline of live use, beside baselines (1-nearest-neighbour, nearest class mean, MiniRocket's
// features with ridge where windows have 9 slots) on the same windows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/dataset.h"
#include "daemon/evaluation_intervals.h"
#include "daemon/incident_score.h"
#include "daemon/loaded_model.h"
#include "model/evaluation.h"

namespace faultprint::daemon {

// One way of classifying, on all scored windows (label = the state at the newest slot).
struct MethodScore {
  model::Classification all;
  model::Classification pure;  // windows whose every slot carries one label
  IncidentScore incidents;
  MethodIntervals intervals;
};

struct EvaluationResult {
  std::vector<std::string> classes;  // the models' labels, then those only the incidents know
  MethodScore model;
  std::map<std::string, MethodScore> baselines;
  std::optional<model::Detection>
      unknown;  // windows of types the model does not know against others
  DetectionIntervals unknown_intervals;
  std::size_t incident_units = 0;  // drawn for the intervals: see ResamplingUnits
  std::size_t normal_blocks = 0;
  std::size_t evaluations = 1;             // that this is the mean of
  std::shared_ptr<const UnitTally> tally;  // of one evaluation
  std::size_t not_scored = 0;
  ingest::RejectCounts rejects{};
  HistoryTimes times;                 // of the records that were judged
  std::vector<std::string> warnings;  // of evaluate_model: what does not fit together

  void set_intervals(EvaluationIntervals intervals);
};

// A model, and the records that it is judged on.
struct EvaluationRound {
  ModelPointer model;
  DataFiles files;
};

// At least one model, of one shape of input; their judgements count as one. No two may judge the
// same slot of an element. The labels are those given, whatever the files say.
EvaluationResult evaluate_rounds(const config::Config& config,
                                 const std::vector<EvaluationRound>& rounds,
                                 const ingest::Incidents& incidents, const Progress& progress);

// std::runtime_error, too, where no record can be used. That no incident fits is a warning: a part
// of a history may well be a quiet one.
EvaluationResult evaluate_model(const config::Config& config, const ModelPointer& model,
                                const DataFiles& files, const Progress& progress);

// Pretty-printed JSON in the documented form.
std::string to_json(const EvaluationResult& result, const LoadedModel& model);
// A table for people.
std::string to_text(const EvaluationResult& result);
// Its parts: a row for each way of classifying, and how sure its figures are.
std::string method_table(const EvaluationResult& result);
std::string interval_table(const EvaluationResult& result);
// "0.61 to 0.83", or "-".
std::string interval_text(const MethodIntervals::Maybe& interval, const char* format);

}  // namespace faultprint::daemon
