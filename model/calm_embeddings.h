// Where embeddings of windows lie in which nothing moves, and how far they reach.
#pragma once

#include <cstdint>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

class CalmEmbeddings {
 public:
  CalmEmbeddings() = default;
  // calm: n x N; fewer than 40 tell nothing. Half of them say where they lie, the other half how
  // far they reach: to this quantile of their distances.
  CalmEmbeddings(const Matrix& calm, double quantile, std::uint64_t seed);

  bool known() const { return centres_.rows() > 0; }
  // One for each row (B x N): 1 where it lies within that reach. Only where known().
  std::vector<std::uint8_t> contains(const Matrix& embeddings) const;

 private:
  Matrix centres_;
  float reach_ = 0;  // embedding distance
};

}  // namespace faultprint::model
