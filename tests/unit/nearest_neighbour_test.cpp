#include "model/nearest_neighbour.h"

#include <doctest/doctest.h>

namespace faultprint::model {
namespace nearest_neighbour_test {

TEST_CASE("the nearest window by squared deviations gives its label") {
  LabelledWindows references{Matrix(3, 2), {4, 5, 6}};
  references.windows << 0, 0, 3, 0, 0, 3;
  Matrix queries(3, 2);
  queries << 0.1F, 0.2F, 2, 1, 1, 2;
  CHECK(nearest_neighbour(references, queries, 1, 1) == std::vector<int>{4, 5, 6});
}

TEST_CASE("a token adds 1 where it differs, however far apart the numbers of tokens are") {
  // Two slots of a number and a token.
  LabelledWindows references{Matrix(3, 4), {0, 1, 2}};
  references.windows << 0, 500, 0, 500, 0, 7, 0, 500, 3, 8, 0, 8;
  Matrix queries(3, 4);
  queries << 0.5F, 500, 0, 8,  //
      0, 7, 0, 900,            //
      2, 501, 0, 499;          // all tokens differ from all: the number decides
  CHECK(nearest_neighbour(references, queries, 2, 1) == std::vector<int>{0, 1, 2});
}

TEST_CASE("windows of tokens alone are compared, too") {
  LabelledWindows references{Matrix(2, 3), {0, 1}};
  references.windows << 5, 6, 7, 5, 9, 9;
  Matrix queries(2, 3);
  queries << 5, 6, 9, 1, 9, 9;
  CHECK(nearest_neighbour(references, queries, 1, 0) == std::vector<int>{0, 1});
}

}  // namespace nearest_neighbour_test
}  // namespace faultprint::model
