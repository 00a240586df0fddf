// `faultprint train` without its command line: history and incidents to a model.
#pragma once

#include <string>

#include "daemon/dataset.h"
#include "daemon/loaded_model.h"
#include "model/trainer.h"

namespace faultprint::daemon {

struct TrainRequest {
  DataFiles files;
  std::string out;
  std::uint64_t seed = 1;
  int epochs = 20;
  std::string encoder = "dense";
  std::string loss = "lossless-ln";
};

struct TrainSummary {
  std::size_t windows = 0;
  double seconds = 0;
  std::string fingerprint;
};

// Reads, trains, writes the model, and says on standard error what it does.
TrainSummary train_model(const config::Config& config, const TrainRequest& request);

}  // namespace faultprint::daemon
