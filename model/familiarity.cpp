#include "model/familiarity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

#include "model/calibration_scores.h"
#include "model/kernels/kernels.h"

namespace faultprint::model {
namespace {

constexpr double kRadiusShare = 0.05;

// Of rows with these labels, so many of each.
std::vector<std::size_t> sampled_rows(const std::vector<int>& labels) {
  std::vector<std::vector<std::size_t>> by_label;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    if (label >= by_label.size()) by_label.resize(label + 1);
    by_label[label].push_back(i);
  }
  std::vector<std::size_t> rows;
  for (std::size_t label = 0; label < by_label.size(); ++label)
    for (const std::size_t i : thinned(
             by_label[label], label == 0 ? Familiarity::kNormalShapes : Familiarity::kFaultShapes))
      rows.push_back(i);
  return rows;
}

Matrix sampled_columns(const LabelledWindows& references, ShapeLayout layout, int& count) {
  const std::vector<std::size_t> rows = sampled_rows(references.labels);
  count = static_cast<int>(rows.size());
  Matrix columns = shape_columns(layout.kpis, rows.size());
  Eigen::VectorXf shape(layout.kpis);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    shape_of(row_of(references.windows, rows[i]), layout, Familiarity::kNewest, shape.data());
    columns.col(static_cast<Eigen::Index>(i)) = shape;
  }
  return columns;
}

}  // namespace

Familiarity::Familiarity(const LabelledWindows& references, ShapeScores scores, double alpha,
                         ShapeLayout layout)
    : layout_(layout), scores_(std::move(scores)), alpha_(alpha) {
  if (layout.kpis < 1 || references.labels.empty())
    throw std::invalid_argument("familiarity: there is nothing to compare with");
  if (scores_.kept.empty() || scores_.count < static_cast<std::int64_t>(scores_.kept.size()) ||
      !std::is_sorted(scores_.kept.begin(), scores_.kept.end()) ||
      !std::isfinite(scores_.kept.front()) || !std::isfinite(scores_.kept.back()))
    throw std::invalid_argument("familiarity: its scores cannot be");
  columns_ = sampled_columns(references, layout, count_);
  constexpr float kLeastRadius = 1e-3F;
  const double above = std::floor(kRadiusShare * static_cast<double>(scores_.count));
  radius_ = std::max(kLeastRadius, score_below(scores_.kept, scores_.count, above));
}

float Familiarity::distance(std::span<const float> window) const {
  if (!known()) return 0;
  constexpr int kOnStack = 64;
  float few[kOnStack];
  std::vector<float> many(layout_.kpis > kOnStack ? static_cast<std::size_t>(layout_.kpis) : 0);
  float* const shape = many.empty() ? few : many.data();
  shape_of(window, layout_, kNewest, shape);
  float result = 0;
  fp_nearest_distance(1, layout_.kpis, shape, static_cast<int>(columns_.cols()), columns_.data(),
                      std::min(count_, FP_MOST_NEAREST), &result, 1);
  return result;
}

double Familiarity::p_value(float distance) const {
  if (!known()) return 1;
  return (1 + count_at_least(scores_.kept, scores_.count, distance)) /
         (static_cast<double>(scores_.count) + 1);
}

std::vector<std::size_t> telling_rows(const std::vector<int>& labels,
                                      const std::vector<std::uint8_t>& still) {
  bool moves = false;
  for (std::size_t i = 0; i < labels.size(); ++i) moves |= labels[i] == 0 && still[i] == 0;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] > 0 || (labels[i] == 0 && (still[i] == 0 || !moves))) rows.push_back(i);
  return rows;
}

ShapeScores shape_scores(const TrainingWindows& data, const std::vector<std::size_t>& references,
                         const std::vector<std::uint8_t>& still, ShapeLayout layout, int window) {
  if (layout.kpis < 1) return {};
  std::map<int, std::int64_t> number;  // of elements with normal windows
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] == 0)
      number.emplace(data.elements[i], static_cast<std::int64_t>(number.size()));
  const auto measured = [&](std::size_t i) {
    if (number.size() == 1) return data.slots[i] / normal_stretch(window) % 2 != 0;
    const auto found = number.find(data.elements[i]);
    return found != number.end() && found->second % 2 != 0;
  };
  std::vector<int> in_use(data.size(), TrainingWindows::kUnused);
  for (const std::size_t i : references) in_use[i] = data.labels[i];
  const std::vector<std::size_t> telling = telling_rows(in_use, still);
  std::vector<int> labels;
  for (const std::size_t i : telling) labels.push_back(data.labels[i]);
  std::vector<std::size_t> rows;
  LabelledWindows known;
  for (const std::size_t sampled : sampled_rows(labels)) {
    if (measured(telling[sampled])) continue;
    rows.push_back(telling[sampled]);
    known.labels.push_back(labels[sampled]);
  }
  if (std::count(known.labels.begin(), known.labels.end(), 0) == 0) return {};
  known.windows = take_rows(data.windows, rows);
  const Familiarity familiarity(known, {{1}, 1}, 0.5, layout);
  ShapeScores scores;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] == 0 && measured(i))
      scores.kept.push_back(still[i] != 0 ? 0 : familiarity.distance(row_of(data.windows, i)));
  scores.count = thin_scores(scores.kept, ShapeScores::kMost);
  return scores;
}

}  // namespace faultprint::model
