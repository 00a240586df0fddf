// Distances and similarities are different types: a cosine similarity handed to a contrastive loss
// as if it were a distance pushes equals apart without an error. Here it does not compile.
#pragma once

#include <cmath>

namespace faultprint::model {

// 0 for a thing and itself, greater for what is less alike.
struct Distance {
  explicit constexpr Distance(double d) : value(d) {}
  double value;
};

// 1 for a thing and itself, less for what is less alike.
struct Similarity {
  explicit constexpr Similarity(double s) : value(s) {}
  double value;
};

// The exponential of the negative distance, as Manhattan LSTMs have it (Mueller and Thyagarajan,
// 2016): in (0,1], 1 at distance 0.
inline Similarity exponential_similarity(Distance d) { return Similarity(std::exp(-d.value)); }

}  // namespace faultprint::model
