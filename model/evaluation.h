// Numbers that say how good predictions are.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

struct ClassScore {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  long support = 0;    // windows that are of it
  long predicted = 0;  // windows that are called so

  bool occurs() const { return support > 0 || predicted > 0; }
};

struct Classification {
  long windows = 0;
  double accuracy = 0;
  // Mean F1 over the classes that occur in truth or prediction, as scikit-learn's
  // f1_score(average='macro') has it: one that is only predicted counts 0.
  double macro_f1 = 0;
  std::vector<ClassScore> per_class;
  std::vector<std::vector<long>> confusion;  // [truth][prediction]
};

// truth and prediction: class numbers 0 .. classes-1, equally many.
Classification classify(std::span<const int> truth, std::span<const int> prediction, int classes);
// What follows from a square confusion matrix, [truth][prediction].
Classification classification(std::vector<std::vector<long>> confusion);
// Mean F1 over the classes that occur in the truth. To compare states of one model by: there a
// single stray window of another class should cost as much as that window, not a whole class.
double true_class_f1(const Classification& result);

struct Detection {
  double auroc = 0;
  double fpr95 = 0;  // false-positive rate where 95 % of the positives are found
};

// How well a score (greater = more positive) tells positives from negatives; ties count half.
// Both must be non-empty.
Detection detect(std::vector<double> positives, std::vector<double> negatives);

// values must not be empty.
double median(std::vector<double> values);

}  // namespace faultprint::model
