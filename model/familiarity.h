// Whether training held anything that looks like what a window's KPIs do now.
//
// An encoder learns what tells the types of training apart. To what moves none of them it may be
// blind, and then a new fault lies on top of normal (README, Science). So windows that the clusters
// call normal are asked once more, by something that was not trained: a window's shape is, for each
// KPI, sign(m) sqrt |m| of its mean deviation m over the newest slots; its distance is the mean to
// the nearest three of a sample of training's shapes, normal and faults. Of normal, those in which
// something moves: the others are never asked, and what a fault does to its neighbours is among
// these. How far normal windows of elements that are not in the sample lie tells what is unlike
// anything (split conformal):
//   p = (1 + #{calibration distances >= d}) / (n + 1);  unfamiliar when p <= alpha.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/matrix.h"
#include "model/training_windows.h"
#include "model/window_shape.h"

namespace faultprint::model {

// Distances of normal windows that took no part.
struct ShapeScores {
  static constexpr std::size_t kMost = 4096;

  std::vector<float> kept;  // ascending; at most kMost: see model/calibration_scores.h
  std::int64_t count = 0;   // of all
};

class Familiarity {
 public:
  static constexpr int kNewest = 4;  // slots that make a shape
  static constexpr int kNormalShapes = 256;
  static constexpr int kFaultShapes = 64;  // of each type

  Familiarity() = default;  // everything is familiar
  // references: B x (T * columns), label 0 is normal. std::invalid_argument where `scores` cannot
  // be, or there is no reference.
  Familiarity(const LabelledWindows& references, ShapeScores scores, double alpha,
              ShapeLayout layout);

  bool known() const { return count_ > 0; }
  // Of a window (T * columns), to the nearest shapes; 0 where nothing is known.
  float distance(std::span<const float> window) const;
  double p_value(float distance) const;
  bool unfamiliar(double p) const { return known() && p <= alpha_; }
  // Distance that 5 % of normal windows exceed: what counts as 1 beside a cluster's radius.
  float radius() const { return radius_; }

 private:
  ShapeLayout layout_;
  ShapeScores scores_;
  double alpha_ = 0;
  float radius_ = 1;
  int count_ = 0;   // of shapes
  Matrix columns_;  // one shape a column, as kernels want them
};

// The rows of `data` that make good references: all that have a label, but of normal those in which
// something moves, unless that leaves none. still[i]: nothing moves in window i.
std::vector<std::size_t> telling_rows(const std::vector<int>& labels,
                                      const std::vector<std::uint8_t>& still);

// The scores that `data` tells. Normal windows of every second element are measured by the shapes
// of the others; where there is one element alone, every second stretch of its time. Shapes are
// those that a Familiarity of `references` (rows of data) takes, less the measured elements': in
// use, with all of them, no window lies further than was measured here. One in which nothing moves
// scores 0.
// None where either side has no normal window.
ShapeScores shape_scores(const TrainingWindows& data, const std::vector<std::size_t>& references,
                         const std::vector<std::uint8_t>& still, ShapeLayout layout, int window);

}  // namespace faultprint::model
