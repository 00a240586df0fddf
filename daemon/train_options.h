// How a model is trained, as options of every command that trains one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "daemon/training.h"
#include "model/signatures.h"

namespace faultprint::daemon {

// An option that only some losses, or only some encoders, have a use for.
struct BoundOption {
  const CLI::Option* option;
  const char* to;  // "--loss" or "--encoder"
  std::vector<std::string> names;
};

struct TrainFlags {
  std::string loss = "lossless-ln";
  std::string output = "sigmoid";
  std::string mining = "all";
  std::string optimiser = "adam";
  std::string straddling = "newest";
  int threads = 0;
  bool published = false;
  bool no_summaries = false;
  double signature_share = 0;
  std::vector<std::string> families = model::signature_shape_names();
  std::vector<BoundOption> bound;
  std::vector<const CLI::Option*> made_up;  // what made-up faults are like
  const CLI::Option* pure_share = nullptr;
  const CLI::Option* epochs = nullptr;
  const CLI::Option* least_epochs = nullptr;
  TrainRequest request;
};

enum class LossChoice { here, elsewhere };  // whether --loss is among the options

// All but files. `flags` must outlive the parsing.
void add_train_options(CLI::App& command, TrainFlags& flags, LossChoice choice);
// Of these options: which belong to some losses or encoders alone.
void bind_options(CLI::App& command, TrainFlags& flags);
// After parsing, and when request.files are known: puts what was given by name into the request's
// options. std::invalid_argument for options that do not go together; `losses` where there are
// several, or one given elsewhere.
void complete(TrainFlags& flags, const std::vector<std::string>& losses = {});

}  // namespace faultprint::daemon
