// `train --choose`: what of the input is decided by incidents kept out of training, in place of the
// configuration: the baseline's time constant, and whether a KPI's values are taken as they are or
// by their logarithm.
#pragma once

#include <string>
#include <vector>

#include "daemon/training.h"

namespace faultprint::daemon {

constexpr const char* kInputChoice = "input_choice";  // in Model::metadata

struct InputCandidate {
  std::string what;  // "as configured", "baseline.fast 60", ...
  double score = -1;
  double validation_f1 = -1;
  double novel_auroc = -1;
  bool chosen = false;
};

struct InputChoice {
  config::InputSpec input;  // without the network's figures
  std::vector<InputCandidate> candidates;
};

// Trains once for each candidate with the same incidents kept out, for as many epochs as
// options.least_epochs, and keeps the configured one unless another is clearly better. Tells each
// on standard error. std::runtime_error where there is no label, or nothing can be kept out.
InputChoice choose_input(const config::Config& config, const TrainRequest& request,
                         const ingest::Incidents& incidents);

// As the model file keeps them: [{"what": ..., "score": ..., ...}].
std::string choices_to_json(const std::vector<InputCandidate>& candidates);
// A line for each, of that JSON; empty where it is none.
std::string choices_text(const std::string& json);

// How well a KPI's newest mean deviation tells windows of each fault type from normal: the mean of
// the types' AUROC, for each KPI that is a number.
std::vector<double> standing_out(const Dataset& data);

}  // namespace faultprint::daemon
