// Trains a siamese encoder, and makes its reference clusters.
//
// Two runs of the same schedule. The first leaves some incidents out: it tells how many epochs
// serve best, how far windows that took no part lie from their cluster (the calibration of
// unknown, and of the probability that two windows are the same fault).
// The second learns from everything, for as many epochs. Labelled pairs get a third, with some of
// them left out, where the incidents left out by the first cannot calibrate that probability.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/cluster_builder.h"
#include "model/encoder.h"
#include "model/loss.h"
#include "model/made_up_figures.h"
#include "model/network.h"
#include "model/optimiser.h"
#include "model/pair_calibration.h"
#include "model/reference_clusters.h"
#include "model/signatures.h"
#include "model/training_windows.h"

namespace faultprint::model {

// Windows that straddle a change of state (TrainingWindows::pure is 0).
enum class Straddling {
  newest,    // learned from, with the label of their newest slot
  left_out,  // not learned from; they are judged all the same
};

struct TrainOptions {
  EncoderSpec encoder;
  NetworkOptions network;
  LossOptions loss;
  OptimiserOptions optimiser;
  CurriculumOptions curriculum;
  ClusterOptions clusters;
  TrainingPairs pairs;  // beside the labelled windows, or alone
  std::uint64_t seed = 1;
  int epochs = 20;
  int steps_per_epoch = 25;
  int classes_per_batch = 8;    // P, normal always one of them
  int windows_per_batch = 192;  // P x K
  Straddling straddling = Straddling::newest;
  double learning_rate = 1e-3;  // warm-up over the first epoch, then a cosine to 2 %
  double validation_share = 0.25;
  // A few incidents kept out make a noisy figure: no fewer epochs than this are thought best. (On
  // the router recording seed 4 did best in epoch 1 by chance, and raised 27 false alarms.)
  // Where nothing can be kept out, no more than this either.
  int least_epochs = 10;
  int patience = 8;      // epochs without a better validation score end the first run
  double alpha = 0.001;  // share of known windows that may be called unknown
};

struct EpochReport {
  int run = 1;  // 1: with incidents left out, 2: on everything, 3: with labelled pairs left out
  int epoch = 0;
  int epochs = 0;
  double loss = 0;
  double mean_positive = 0;  // mean squared distance of positive pairs
  double mean_negative = 0;
  double active = 1;  // share of open hinges; 1 for losses without
  // Of the last batch's embeddings (model/embedding_checks.h): how many directions they take, and
  // the share of values outside [.02, .98], -1 where the output is not the sigmoid.
  double effective_rank = -1;
  double saturated = -1;
  double validation_f1 = -1;  // -1: not measured in this run
  double novel_auroc = -1;    // a fault type kept out against what is known; -1: none kept out
  // Without labels, in run 1 (model/made_up_figures.h); else -1.
  double made_up_auroc = -1;
  double made_up_named = -1;
  double seconds = 0;  // since training began
};
// Called after every epoch; returning false ends training with the best so far.
using EpochListener = std::function<bool(const EpochReport&)>;

struct TrainResult {
  Encoder encoder;
  ReferenceClusters clusters;
  double validation_f1 = -1;
  double novel_auroc = -1;
  MadeUpFigures made_up;
  int best_epoch = 0;
  double final_loss = 0;
  std::optional<PairCalibration> pairs;  // none where nothing that tells could be left out
  std::vector<std::string> warnings;     // "W_...: what was seen and what to do"
};

// What the first run alone makes of the incidents kept out.
struct ValidationFigures {
  double score = -1;  // by which epochs are chosen, smoothed over them; -1: nothing was kept out
  double f1 = -1;
  double novel_auroc = -1;
};
ValidationFigures validate_only(const TrainingWindows& data, const TrainOptions& options,
                                const EpochListener& listener);

// What can be said of the options before there is data: std::invalid_argument "E_...: ..." where no
// training could come of them.
void check(const TrainOptions& options);

// Throws std::invalid_argument "E_CLASS_TOO_SMALL: ..." when there is no normal window or a class
// has fewer than two, "E_NO_NUMBERS: ..." when only made-up faults could teach what has no number,
// and std::runtime_error when the loss becomes NaN. The clock is only for seconds in the reports;
// the same seed gives the same model on one machine.
TrainResult train(const TrainingWindows& data, const TrainOptions& options,
                  const EpochListener& listener);

}  // namespace faultprint::model
