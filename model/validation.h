// How an encoder fares with what was kept out of training.
#pragma once

#include <vector>

#include "model/encoder.h"
#include "model/made_up_figures.h"
#include "model/reference_clusters.h"
#include "model/trainer.h"
#include "model/training_windows.h"

namespace faultprint::model {

struct Validation {
  double f1 = -1;
  double novel_auroc = -1;
  MadeUpFigures made_up;

  // What is worth training for: names for what is known, and none for what is not. Where nothing
  // has a label, telling made-up faults.
  double score() const {
    if (made_up.auroc >= 0) return made_up.score();
    return novel_auroc < 0 ? f1 : (f1 + novel_auroc) / 2;
  }

  std::vector<Cluster> clusters;
  std::vector<int> truth;      // of the incidents and normal kept out: each window's class,
  std::vector<int> predicted;  // and the one that it is called
};

// Macro-F1 of all validation windows at their real rates, over the classes they are of; and how
// well a type kept out whole is told from them by its distance to the nearest cluster.
Validation validate(const Encoder& encoder, const TrainingWindows& data, const Split& split,
                    const TrainOptions& options);

}  // namespace faultprint::model
