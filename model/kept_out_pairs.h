// Pairs of windows that took no part in training, for model/pair_calibration.h.
#pragma once

#include <vector>

#include "model/encoder.h"
#include "model/pair_calibration.h"
#include "model/training_windows.h"

namespace faultprint::model {

// Pairs across incidents: of one type (the same), of two types, and of an incident with a stretch
// of normal (different). Never within an incident, whose windows are alike for being neighbours;
// nor of normal with normal, which says nothing about faults. Evenly chosen where there are many;
// only windows that are pure. window: slots.
std::vector<PairDistance> pairs_across_incidents(const Encoder& encoder,
                                                 const TrainingWindows& data,
                                                 const std::vector<std::size_t>& rows, int window);

// Labelled pairs, each for itself.
std::vector<PairDistance> distances_of(const Encoder& encoder, const TrainingPairs& pairs);

struct PairSplit {
  TrainingPairs training;
  TrainingPairs kept_out;  // none where training would be left without equal or different ones
};

// About `share` of the equal and of the different pairs kept out, and no window on both sides:
// pairs that mix them are on neither. Windows are told apart by their values.
PairSplit split_pairs(const TrainingPairs& pairs, double share, std::uint64_t seed);

// `rows` without those that share an incident, or a slot of their element, with a row that shows
// one of `windows` (n x (T*F), the same values).
std::vector<std::size_t> rows_without(const TrainingWindows& data,
                                      const std::vector<std::size_t>& rows, const Matrix& windows,
                                      int window);

}  // namespace faultprint::model
