#include "model/nearest_class_mean.h"

#include <doctest/doctest.h>

namespace faultprint::model {
namespace nearest_class_mean_test {

TEST_CASE("the nearest mean decides, not the nearest window") {
  LabelledWindows references;
  references.windows.resize(5, 2);
  // Class 3 lies about (0, 0), class 7 about (10, 0) with one window astray beside class 3.
  references.windows << 0, 1, 0, -1, 14, 0, 15, 0, 1, 0;
  references.labels = {3, 3, 7, 7, 7};
  Matrix queries(4, 2);
  queries << 1, 0, 4.9F, 0, 5.1F, 0, 100, 3;
  const NearestClassMean classify(references, 2, 2);
  CHECK(classify(queries) == std::vector<int>{3, 3, 7, 7});
  CHECK(nearest_neighbour(references, queries, 2, 2) == std::vector<int>{7, 7, 7, 7});
}

TEST_CASE("one class answers always, and a query's answer does not hang on its batch") {
  LabelledWindows references{Matrix::Random(9, 6), std::vector<int>(9, 2)};
  CHECK(NearestClassMean(references, 6, 6)(Matrix::Random(3, 6)) == std::vector<int>{2, 2, 2});
  references.labels = {0, 1, 2, 0, 1, 2, 0, 1, 2};
  const NearestClassMean classify(references, 6, 6);
  const Matrix queries = Matrix::Random(600, 6);
  const std::vector<int> all = classify(queries);
  for (const int i : {0, 255, 256, 599})
    CHECK(classify(queries.middleRows(i, 1))[0] == all[static_cast<std::size_t>(i)]);
}

}  // namespace nearest_class_mean_test
}  // namespace faultprint::model
