#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "daemon/report/sampling.h"

namespace faultprint::daemon::report {
namespace report_sampling_test {

TEST_CASE("a sample has all of rare labels, as many of each other one, and none that is left out") {
  std::vector<int> labels(1000, 0);
  for (int i = 0; i < 10; ++i) labels[static_cast<std::size_t>(i * 90)] = 2;
  for (int i = 0; i < 300; ++i) labels[static_cast<std::size_t>(i * 3 + 1)] = 1;
  for (int i = 0; i < 50; ++i) labels[static_cast<std::size_t>(i * 3 + 2)] = -1;
  const auto all = static_cast<long>(std::count(labels.begin(), labels.end(), 2));
  const auto chosen = balanced_sample(labels, 110, 1);
  std::map<int, long> counts;
  for (const std::size_t i : chosen) ++counts[labels[i]];
  CHECK(counts[2] == all);
  CHECK(counts[0] + counts[1] == 110 - all);
  CHECK(std::abs(counts[0] - counts[1]) <= 1);
  CHECK(counts.count(-1) == 0);
  CHECK(std::is_sorted(chosen.begin(), chosen.end()));
  CHECK(std::adjacent_find(chosen.begin(), chosen.end()) == chosen.end());
  CHECK(balanced_sample(labels, 110, 1) == chosen);
}

TEST_CASE("where all fit, all are in the sample") {
  const std::vector<int> labels = {0, 1, 0, 2};
  CHECK(balanced_sample(labels, 10, 1) == std::vector<std::size_t>{0, 1, 2, 3});
}

}  // namespace report_sampling_test
}  // namespace faultprint::daemon::report
