// Named checks of what an encoder makes of labelled windows: the failures that siamese training is
// known for, each told in words with what to do about it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/encoder_spec.h"
#include "model/loss.h"

namespace faultprint::model {

struct EmbeddingHealth {
  double mean_positive = 0;   // mean squared distance of windows of one label
  double mean_negative = 0;   // of windows of two
  double effective_rank = 0;  // exp of the entropy of the covariance's eigenvalues (Roy, Vetterli)
  double saturated = 0;       // share of values outside [.02, .98]; sigmoid outputs alone
  int dead = 0;               // values that are the same for every window
};

// embeddings: n x width; labels: n (0 .. classes-1). At most 2000 evenly chosen rows are looked at.
EmbeddingHealth measure_health(const MatrixView& embeddings, std::span<const int> labels,
                               EncoderOutput output);

// "W_...: what was seen and what to do" for each check that speaks: W_COLLAPSE, W_SATURATED,
// W_DEAD_UNITS.
std::vector<std::string> check_health(const EmbeddingHealth& health, int width);

// W_CLASSES_MERGED for each pair of labels whose means lie nearer than a quarter of the mean
// distance of windows to their own label's mean.
std::vector<std::string> check_merged(const MatrixView& embeddings, std::span<const int> labels,
                                      const std::vector<std::string>& class_names);

// W_CLASSES_MERGED for each pair of fault types that incidents kept out of training are taken for
// each other: a third of their windows that are called either are called the wrong one. Class 0 is
// normal. Pairs that are in `told` already are not told again.
std::vector<std::string> check_confused(std::span<const int> truth, std::span<const int> predicted,
                                        const std::vector<std::string>& class_names,
                                        const std::vector<std::string>& told);

// What the last epoch's loss says: W_COLLAPSE where it stands at its value of total collapse,
// W_NO_ACTIVE_TRIPLETS where no hinge is open.
std::vector<std::string> check_loss(const Loss& loss, double last_loss, double active);

}  // namespace faultprint::model
