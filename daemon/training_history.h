// The epochs of a training, as the model file keeps them.
#pragma once

#include <string>
#include <vector>

#include "model/model_file.h"
#include "model/trainer.h"

namespace faultprint::daemon {

constexpr const char* kTrainingHistory = "training_history";  // in Model::metadata

std::string history_to_json(const std::vector<model::EpochReport>& epochs);

// None for a file that an older version wrote. std::runtime_error where it is no history.
std::vector<model::EpochReport> training_history(const model::Model& model);

}  // namespace faultprint::daemon
