// Carries out a protocol: trains, enrols and judges what its plan says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/evaluation_run.h"
#include "daemon/protocol.h"
#include "daemon/training.h"

namespace faultprint::daemon {

struct ProtocolPartResult {
  ProtocolPart part;
  EvaluationResult result;
  std::vector<std::size_t> windows;  // labelled ones that each round learned from
};

struct ProtocolResult {
  ProtocolOptions options;
  std::uint64_t seed = 1;
  std::string division;
  std::vector<ProtocolPartResult> parts;
  std::vector<std::string> notes;
  std::vector<std::string> unmatched;  // warnings of incidents that do not fit their history
  struct Warning {
    int trainings = 0;  // that spoke it
    std::string text;   // the first time
  };
  std::map<std::string, Warning> warnings;  // of training, by code
  int trainings = 0;
};

// request: how to train, and on what history and incidents; its seed is the first one.
// std::runtime_error where Ctrl-C ended it, or the plan cannot be.
ProtocolResult run_protocol(const config::Config& config, const TrainRequest& request,
                            const ProtocolOptions& options, const Progress& progress);

// The mean of parts: of macro-F1, accuracy and AUROC; incidents and alarms are added up. Intervals
// are drawn from the incidents of all of them.
EvaluationResult mean_of(const std::vector<const EvaluationResult*>& results);

// What became of one fault type.
struct OfType {
  double f1 = 0;
  std::size_t incidents = 0;
  std::size_t named = 0;
  std::size_t unknown = 0;  // first called unknown
};
OfType of_type(const MethodScore& score, const std::vector<std::string>& classes,
               const std::string& type);

// How sure that is, over parts: of their types' F1 as a mean, of their incidents as a sum.
// baseline: "" is the model itself.
TypeIntervals type_intervals(const std::vector<const ProtocolPartResult*>& parts,
                             const std::string& baseline);

// Parts to be averaged, by the name of their group, in order of appearance.
using ProtocolParts = std::vector<const ProtocolPartResult*>;
std::vector<std::pair<std::string, ProtocolParts>> groups_of(const ProtocolResult& result);
EvaluationResult mean_of_parts(const ProtocolParts& parts);

// In plain words, each baseline that has a better macro-F1 than the model.
std::vector<std::string> below_baselines(const ProtocolResult& result);

// Tables for people.
std::string to_text(const ProtocolResult& result);
// The keys of an evaluation (for several parts: their mean), and `protocol` with all parts.
std::string to_json(const ProtocolResult& result);

}  // namespace faultprint::daemon
