// `faultprint train` without its command line: history and incidents to a model.
#pragma once

#include <string>
#include <vector>

#include "daemon/dataset.h"
#include "daemon/loaded_model.h"
#include "model/trainer.h"

namespace faultprint::daemon {

struct TrainRequest {
  DataFiles files;
  std::string pairs;  // a file of pairs (daemon/pairs.h); empty: none
  std::string out;
  // Empty: dense; where there are neither labels nor pairs (nor states and texts) universal.
  std::string encoder;
  int embedding = 0;           // 0: what is usual for the kind
  std::vector<int> hidden;     // empty: what is usual for the kind
  int channels = 0;            // conv; 0: what is usual
  int token_width = 0;         // values in a token's vector; 0: what is usual, or as in the file
  std::string token_vectors;   // a file (daemon/token_vectors.h); empty: none
  bool freeze_tokens = false;  // what that file says is not learned further
  config::ChosenInput choose;  // by what is kept out, in place of the configuration
  double pure_share = 0;       // DatasetOptions::pure_share
  // Of its encoder, summaries and output alone are read.
  model::TrainOptions options;
  // Told how much is done, from 0 to 1; then nothing is said on standard error.
  Progress progress;
};

struct Learned {
  LoadedModel model;  // as loading its file would give it, without a fingerprint
  std::size_t windows = 0;
  double seconds = 0;
  std::vector<std::string> warnings;
  bool interrupted = false;  // by Ctrl-C: it is the best up to then
};

// Reads and trains; writes nothing. The labels are those given, whatever request.files says.
Learned learn(const config::Config& config, const TrainRequest& request,
              const ingest::Incidents& incidents);

struct TrainSummary {
  std::size_t windows = 0;  // labelled ones
  double seconds = 0;
  std::string fingerprint;
};

// Learns from the request's files, writes the model, and says on standard error what it does.
TrainSummary train_model(const config::Config& config, const TrainRequest& request);

// What can be said of the request before its history is read: std::invalid_argument as
// model::check(TrainOptions) has it.
void check_before_reading(const config::Config& config, const TrainRequest& request, bool labelled);

// The request's options with what the configuration and the data tell.
model::TrainOptions complete_options(const config::Config& config, const TrainRequest& request,
                                     const Dataset& data);

}  // namespace faultprint::daemon
