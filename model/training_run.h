// One run of the training schedule over a set of rows: batches, steps, and the exported network.
#pragma once

#include <vector>

#include "model/adam.h"
#include "model/dense_network.h"
#include "model/trainer.h"

namespace faultprint::model {

class TrainingRun {
 public:
  TrainingRun(const TrainingWindows& data, const std::vector<std::size_t>& rows,
              const TrainOptions& options, std::uint64_t seed);

  // One epoch; loss and mean distances into the report.
  void epoch(int number, EpochReport& report);
  // The network as it stands, normalised by the statistics of fresh batches.
  DenseEncoder encoder();

 private:
  struct Drawn {
    Matrix features;
    std::vector<int> labels;
  };
  void draw(Drawn& batch);
  double learning_rate() const;

  const TrainingWindows& data_;
  const TrainOptions& options_;
  Random random_;
  Matrix features_;                                      // of all rows, n x D
  std::vector<std::vector<std::size_t>> rows_by_class_;  // into features_
  std::vector<int> classes_;                             // that have rows
  DenseNetwork network_;
  Adam adam_;
  Drawn batch_;
  long step_ = 0;
};

}  // namespace faultprint::model
