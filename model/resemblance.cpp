#include "model/resemblance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "model/kernels/kernels.h"
#include "model/prototypes.h"

namespace faultprint::model {
namespace {

constexpr float kFar = std::numeric_limits<float>::max();
constexpr float kExplained = std::numbers::sqrt2_v<float>;  // half of a squared distance

int width_of(ShapeLayout layout) { return 2 * layout.kpis; }

void both_shapes(std::span<const float> window, ShapeLayout layout, float* shape) {
  const auto slots = static_cast<int>(window.size()) / layout.columns;
  shape_of(window, layout, Resemblance::kNewest, shape);
  shape_of(window, layout, slots, shape + layout.kpis);
}

// How far each of these (n x dim, a row each) lies from the nearest of the others; none for one.
std::vector<float> distances_among(const Matrix& shapes) {
  std::vector<float> distances;
  for (Eigen::Index i = 0; i < shapes.rows() && shapes.rows() > 1; ++i) {
    Matrix others(shapes.rows() - 1, shapes.cols());
    others.topRows(i) = shapes.topRows(i);
    others.bottomRows(shapes.rows() - 1 - i) = shapes.bottomRows(shapes.rows() - 1 - i);
    distances.push_back(nearest_distance(shapes.row(i), others, FP_MOST_NEAREST)(0));
  }
  return distances;
}

}  // namespace

Resemblance::Resemblance(const LabelledWindows& references, const std::vector<std::uint8_t>& still,
                         std::vector<std::uint8_t> few, int normal, ShapeLayout layout,
                         bool normal_known)
    : layout_(layout), normal_(normal), normal_known_(normal_known), few_(std::move(few)) {
  std::vector<Rows> moving(few_.size());
  Rows calm;  // normal
  for (std::size_t i = 0; i < references.labels.size(); ++i) {
    const int label = references.labels[i];
    if (label == normal && still[i] != 0) calm.push_back(i);
    if (label >= 0 && still[i] == 0) moving[static_cast<std::size_t>(label)].push_back(i);
  }
  const bool still_is_normal =
      normal >= 0 && calm.size() >= moving[static_cast<std::size_t>(normal)].size();
  for (std::size_t c = 0; c < few_.size(); ++c) {
    const bool is_normal = static_cast<int>(c) == normal;
    if (is_normal || moving[c].empty() || !still_is_normal) few_[c] = 0;
    Rows rows = thinned(moving[c], is_normal ? kNormalShapes : kFaultShapes);
    if (is_normal)
      for (const std::size_t i : thinned(calm, kNormalShapes)) rows.push_back(i);
    add(references, rows, is_normal);
  }
  find_radius();
}

void Resemblance::add(const LabelledWindows& references, const Rows& rows, bool is_normal) {
  // That nothing moves is normal, whether or not such windows are among the references.
  const std::size_t still = is_normal ? FP_MOST_NEAREST : 0;
  Matrix columns = shape_columns(width_of(layout_), rows.size() + still);
  Eigen::VectorXf shape(width_of(layout_));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    both_shapes(row_of(references.windows, rows[i]), layout_, shape.data());
    columns.col(static_cast<Eigen::Index>(i)) = shape;
  }
  if (still > 0)
    columns.middleCols(static_cast<Eigen::Index>(rows.size()), FP_MOST_NEAREST).setZero();
  counts_.push_back(static_cast<int>(rows.size() + still));
  columns_.push_back(std::move(columns));
}

void Resemblance::find_radius() {
  constexpr float kLeastRadius = 1e-3F;
  constexpr double kShare = 0.95;
  float sum = 0;
  int types = 0;
  for (std::size_t c = 0; c < few_.size(); ++c) {
    if (few_[c] == 0) continue;
    const Matrix shapes = columns_[c].leftCols(counts_[c]).transpose();
    std::vector<float> distances = distances_among(shapes);
    if (distances.empty()) continue;
    std::sort(distances.begin(), distances.end());
    sum += distances[static_cast<std::size_t>(kShare * static_cast<double>(distances.size() - 1))];
    ++types;
  }
  if (types > 0) radius_ = std::max(kLeastRadius, sum / static_cast<float>(types));
}

bool Resemblance::known() const {
  return std::any_of(few_.begin(), few_.end(), [](std::uint8_t few) { return few != 0; });
}

int Resemblance::resembled(std::span<const float> window, float* distances) const {
  std::vector<float> shape(static_cast<std::size_t>(width_of(layout_)));
  both_shapes(window, layout_, shape.data());
  int nearest = normal_;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (counts_[c] == 0) continue;
    float distance = 0;
    fp_nearest_distance(1, width_of(layout_), shape.data(), static_cast<int>(columns_[c].cols()),
                        columns_[c].data(), std::min(counts_[c], FP_MOST_NEAREST), &distance, 1);
    if (static_cast<int>(c) != normal_) distance *= kExplained;
    distances[c] = distance / radius_;
  }
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (counts_[c] == 0) distances[c] = std::nextafter(distances[normal_], kFar);
    if (distances[c] < distances[nearest]) nearest = static_cast<int>(c);
  }
  return nearest;
}

bool Resemblance::agrees(int cluster, const float* distances) const {
  for (int c = 0; c < static_cast<int>(few_.size()); ++c) {
    if (counts_[static_cast<std::size_t>(c)] == 0) continue;
    const float there = c == normal_ && normal_known_ ? distances[c] * kExplained : distances[c];
    if (there < distances[cluster]) return false;
  }
  return true;
}

}  // namespace faultprint::model
