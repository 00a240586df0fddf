#include "model/evaluation.h"

#include <algorithm>
#include <cmath>

namespace faultprint::model {

Classification classify(std::span<const int> truth, std::span<const int> prediction, int classes) {
  const auto n = static_cast<std::size_t>(classes);
  std::vector<std::vector<long>> confusion(n, std::vector<long>(n, 0));
  for (std::size_t i = 0; i < truth.size(); ++i)
    ++confusion[static_cast<std::size_t>(truth[i])][static_cast<std::size_t>(prediction[i])];
  return classification(std::move(confusion));
}

Classification classification(std::vector<std::vector<long>> confusion) {
  const std::size_t n = confusion.size();
  Classification result;
  result.confusion = std::move(confusion);
  long right = 0;
  long present = 0;
  for (std::size_t c = 0; c < n; ++c) {
    ClassScore score;
    for (std::size_t k = 0; k < n; ++k) {
      score.support += result.confusion[c][k];
      score.predicted += result.confusion[k][c];
    }
    const auto hits = static_cast<double>(result.confusion[c][c]);
    right += result.confusion[c][c];
    result.windows += score.support;
    if (score.predicted > 0) score.precision = hits / static_cast<double>(score.predicted);
    if (score.support > 0) score.recall = hits / static_cast<double>(score.support);
    if (hits > 0) score.f1 = 2 * hits / static_cast<double>(score.predicted + score.support);
    result.per_class.push_back(score);
    if (!score.occurs()) continue;
    ++present;
    result.macro_f1 += score.f1;
  }
  if (present > 0) result.macro_f1 /= static_cast<double>(present);
  if (result.windows > 0)
    result.accuracy = static_cast<double>(right) / static_cast<double>(result.windows);
  return result;
}

double true_class_f1(const Classification& result) {
  double sum = 0;
  int classes = 0;
  for (const ClassScore& score : result.per_class) {
    if (score.support == 0) continue;
    sum += score.f1;
    ++classes;
  }
  return classes > 0 ? sum / classes : 0;
}

Detection detect(std::vector<double> positives, std::vector<double> negatives) {
  std::sort(positives.begin(), positives.end());
  std::sort(negatives.begin(), negatives.end());
  double wins = 0;
  for (const double p : positives) {
    const auto below = std::lower_bound(negatives.begin(), negatives.end(), p);
    const auto above = std::upper_bound(below, negatives.end(), p);
    wins +=
        static_cast<double>(below - negatives.begin()) + 0.5 * static_cast<double>(above - below);
  }
  Detection result;
  const auto p = static_cast<double>(positives.size());
  const auto n = static_cast<double>(negatives.size());
  result.auroc = wins / (p * n);
  // The highest threshold that still finds 95 % of the positives.
  const auto at = static_cast<std::size_t>(std::floor(0.05 * p));
  const double threshold = positives[std::min(at, positives.size() - 1)];
  result.fpr95 =
      static_cast<double>(negatives.end() -
                          std::lower_bound(negatives.begin(), negatives.end(), threshold)) /
      n;
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

}  // namespace faultprint::model
