// How a model is trained, as options of every command that trains one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "daemon/training.h"

namespace faultprint::daemon {

struct TrainFlags {
  std::string loss = "lossless-ln";
  std::string output = "sigmoid";
  std::string mining = "all";
  std::string optimiser = "adam";
  int threads = 0;
  bool published = false;
  bool no_summaries = false;
  TrainRequest request;
};

enum class LossChoice { here, elsewhere };  // whether --loss is among the options

// All but files. `flags` must outlive the parsing.
void add_train_options(CLI::App& command, TrainFlags& flags, LossChoice choice);
// After parsing: puts what was given by name into the request's options.
void complete(TrainFlags& flags);

}  // namespace faultprint::daemon
