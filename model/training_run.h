// One run of the training schedule over a set of rows: batches, steps, and the exported network.
#pragma once

#include <vector>

#include "model/network.h"
#include "model/optimiser.h"
#include "model/trainer.h"

namespace faultprint::model {

// The loss's options as the encoder's output bounds them.
LossOptions loss_for(const TrainOptions& options);

class TrainingRun {
 public:
  // rows: of `data`; pairs: of windows of the same shape, may be empty.
  TrainingRun(const TrainingWindows& data, const std::vector<std::size_t>& rows,
              const TrainOptions& options, std::uint64_t seed);

  // One epoch; loss, mean distances and open triplets into the report.
  void epoch(int number, EpochReport& report);
  // The network as it stands, normalised by the statistics of fresh batches.
  Encoder encoder();
  const Loss& loss() const { return loss_; }

 private:
  struct Rows {
    std::vector<std::size_t> rows;
  };
  TrainingRun(const Rows& learned, const TrainingWindows& data, const TrainOptions& options,
              std::uint64_t seed);

  struct Drawn {
    Matrix features;
    std::vector<int> labels;
    std::vector<Pair> pairs;  // instead of labels
  };
  void draw(Drawn& batch);
  void draw_labelled(Drawn& batch);
  void draw_pairs(Drawn& batch);
  void add_pseudo_faults(Drawn& batch);
  void draw_made_up(Drawn& batch);
  double learning_rate() const;
  void step(int epoch, int number, EpochReport& report);
  void measure_health(const Matrix& embeddings, EpochReport& report) const;

  const TrainingWindows& data_;
  const TrainOptions& options_;
  Random random_;
  Matrix windows_;                                       // of normal rows, n x (T*F)
  Matrix features_;                                      // of all rows, n x D
  Matrix pair_features_;                                 // 2i and 2i + 1 are pair i
  std::vector<std::vector<std::size_t>> rows_by_class_;  // into features_
  std::vector<int> classes_;                             // that have rows
  Network network_;
  Loss loss_;
  Optimiser optimiser_;
  Drawn batch_;
  Matrix pseudo_;
  std::vector<int> pseudo_labels_;
  long step_ = 0;
};

}  // namespace faultprint::model
