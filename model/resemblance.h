// Which fault a window resembles, told without training.
//
// What an encoder learns of a type from an incident and minutes of normal is how to tell the two
// from each other: whatever else moves falls to the type on whose side it happens to lie. To a type
// that was enrolled since it may be blind. Such types are told by shape (model/window_shape.h):
// that of the newest slots and that of the whole window. A fault is
// resembled where it explains at least half of what a window does: the squared distance to its
// nearest shapes is at most half of that to the nearest of normal, standing still among them. Where
// normal moves more often than it stands still (a baseline that learned a fault as normal sees
// normal as a deviation), that says nothing, and no type is told by shape.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/window_shape.h"

namespace faultprint::model {

class Resemblance {
 public:
  static constexpr int kNewest = 4;          // slots
  static constexpr int kFewIncidents = 2;    // a type with more is told by the encoder
  static constexpr int kNormalShapes = 256;  // in which something moves, and as many others
  static constexpr int kFaultShapes = 64;    // of each type

  Resemblance() = default;  // no type is told by shape
  // references: labels are numbers of clusters, negative ones are left out. still[i]: nothing moves
  // in window i; of a fault such are no evidence. few: for each of the clusters, whether it rests
  // on few incidents; not for normal. A type without references is not told by shape. normal_known:
  // the references show all that normal does.
  Resemblance(const LabelledWindows& references, const std::vector<std::uint8_t>& still,
              std::vector<std::uint8_t> few, int normal, ShapeLayout layout,
              bool normal_known = false);

  bool known() const;
  bool tells(int cluster) const { return few_[static_cast<std::size_t>(cluster)] != 0; }
  // The cluster that a window (T * columns) resembles: normal where no fault explains half of it.
  // distances: into C values, to each cluster in radii; less to a fault than to normal where the
  // fault explains so much. Of a type without shapes nothing is said: as far as normal, which is no
  // evidence for or against it where an alarm adds up verdicts.
  int resembled(std::span<const float> window, float* distances) const;
  // Of a type that the encoder names, by those distances: no fault is resembled more, nor normal
  // where that is known; else it must be the one that is resembled.
  bool agrees(int cluster, const float* distances) const;

 private:
  using Rows = std::vector<std::size_t>;
  void add(const LabelledWindows& references, const Rows& rows, bool is_normal);
  void find_radius();

  ShapeLayout layout_;
  int normal_ = -1;
  float radius_ = 1;  // distance that 5 % of the own windows of those types exceed
  bool normal_known_ = false;
  std::vector<std::uint8_t> few_;
  std::vector<int> counts_;      // shapes of each cluster
  std::vector<Matrix> columns_;  // as kernels want them
};

}  // namespace faultprint::model
