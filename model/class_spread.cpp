#include "model/class_spread.h"

#include <algorithm>
#include <limits>
#include <map>

namespace faultprint::model {

std::optional<ClassSpread> measure_spread(const MatrixView& embeddings,
                                          std::span<const int> labels) {
  struct Class {
    Eigen::RowVectorXd mean;
    double count = 0;
    double distance = 0;
  };
  std::map<int, Class> classes;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    Class& c = classes[labels[i]];
    if (c.count == 0) c.mean = Eigen::RowVectorXd::Zero(embeddings.cols());
    c.mean += embeddings.row(static_cast<Eigen::Index>(i)).cast<double>();
    c.count += 1;
  }
  if (classes.size() < 2) return std::nullopt;
  for (auto& [label, c] : classes) c.mean /= c.count;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    Class& c = classes[labels[i]];
    c.distance +=
        (embeddings.row(static_cast<Eigen::Index>(i)).cast<double>() - c.mean).norm() / c.count;
  }
  ClassSpread spread;
  spread.separation = std::numeric_limits<double>::max();
  for (auto a = classes.begin(); a != classes.end(); ++a) {
    spread.tightness += a->second.distance / static_cast<double>(classes.size());
    for (auto b = std::next(a); b != classes.end(); ++b)
      spread.separation = std::min(spread.separation, (a->second.mean - b->second.mean).norm());
  }
  return spread;
}

}  // namespace faultprint::model
