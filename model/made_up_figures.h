// What a training without labels can be judged by: made-up faults over normal windows that it was
// not trained with. They tell whether the encoder works, not whether the next real fault is seen.
#pragma once

#include <vector>

#include "model/encoder.h"
#include "model/reference_clusters.h"
#include "model/signatures.h"
#include "model/training_windows.h"

namespace faultprint::model {

// -1: not measured.
struct MadeUpFigures {
  double auroc = -1;  // told from normal, by the distance to its cluster
  double named = -1;  // share that lies nearest to the one example of its own kind
  double score() const { return (auroc + named) / 2; }
};

class MadeUpFaults {
 public:
  static constexpr int kKinds = 50;
  static constexpr int kEach = 4;  // the first is the example

  // Over the windows of normal at `rows` (n x (slots * columns)); drawn once, by the seed alone.
  MadeUpFaults(const TrainingWindows& data, const std::vector<std::size_t>& rows, int slots,
               int kpis, CurriculumOptions options, std::uint64_t seed);

  MadeUpFigures measure(const Encoder& encoder, const ReferenceClusters& references) const;

 private:
  double share_named(const Matrix& embeddings) const;

  Matrix normal_;
  Matrix faults_;
};

}  // namespace faultprint::model
