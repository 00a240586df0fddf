// Options of every command that trains.
#pragma once

#include <string>

#include "daemon/training.h"

namespace CLI {
class App;
}

namespace faultprint::daemon {

// What is chosen by name.
struct TrainWords {
  std::string loss = "lossless-ln";
  std::string output = "sigmoid";
  std::string mining = "all";
  std::string optimiser = "adam";
  bool published = false;
  bool no_summaries = false;
};

enum class LossChoice { here, elsewhere };  // whether --loss is among the options

// Both must outlive the parser.
void add_train_options(CLI::App& command, TrainWords& words, TrainRequest& request,
                       LossChoice choice);

// The words into the request, once the command line is parsed.
void complete_request(const TrainWords& words, TrainRequest& request);

}  // namespace faultprint::daemon
