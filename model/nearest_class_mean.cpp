#include "model/nearest_class_mean.h"

#include <map>

namespace faultprint::model {

NearestClassMean::NearestClassMean(const LabelledWindows& references, int columns, int numbers)
    : columns_(columns), numbers_(numbers) {
  struct Sum {
    Eigen::RowVectorXd windows;
    double count = 0;
  };
  std::map<int, Sum> sums;
  for (std::size_t i = 0; i < references.labels.size(); ++i) {
    Sum& sum = sums[references.labels[i]];
    if (sum.count == 0) sum.windows.setZero(references.windows.cols());
    sum.windows += references.windows.row(static_cast<Eigen::Index>(i)).cast<double>();
    sum.count += 1;
  }
  means_.windows.resize(static_cast<Eigen::Index>(sums.size()), references.windows.cols());
  for (const auto& [label, sum] : sums) {
    means_.windows.row(static_cast<Eigen::Index>(means_.labels.size())) =
        (sum.windows / sum.count).cast<float>();
    means_.labels.push_back(label);
  }
}

}  // namespace faultprint::model
