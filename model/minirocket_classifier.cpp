#include "model/minirocket_classifier.h"

#include <algorithm>

namespace faultprint::model {
namespace {

constexpr double kMostWork = 0.9e9;  // products in double, about a fifth of a second

double ridge_work(double windows, double features) {
  const double less = std::min(windows, features);
  return less * less * (std::max(windows, features) + 2 * less);
}

MiniRocketOptions options_for(Eigen::Index windows) {
  MiniRocketOptions options;
  options.features = affordable_features(windows);
  return options;
}

}  // namespace

int affordable_features(Eigen::Index windows) {
  int features = MiniRocketOptions().features;
  while (features > MiniRocket::kKernels &&
         ridge_work(static_cast<double>(windows), features) > kMostWork)
    features -= MiniRocket::kKernels;
  return features;
}

MiniRocketClassifier::MiniRocketClassifier(const LabelledWindows& references, int columns,
                                           int numbers)
    : features_(references.windows, columns, numbers, options_for(references.windows.rows())),
      ridge_(features_(references.windows), references.labels) {}

std::vector<int> MiniRocketClassifier::operator()(const MatrixView& queries) const {
  constexpr Eigen::Index kBlock = 256;  // so that the features of many windows fit into memory
  std::vector<int> labels;
  for (Eigen::Index first = 0; first < queries.rows(); first += kBlock) {
    const auto rows = std::min(kBlock, queries.rows() - first);
    const std::vector<int> block = ridge_(features_(queries.middleRows(first, rows)));
    labels.insert(labels.end(), block.begin(), block.end());
  }
  return labels;
}

}  // namespace faultprint::model
