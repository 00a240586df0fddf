#include "daemon/report/sampling.h"

#include <algorithm>
#include <map>
#include <random>

namespace faultprint::daemon::report {

std::vector<std::size_t> balanced_sample(std::span<const int> labels, std::size_t most,
                                         std::uint64_t seed) {
  std::map<int, std::vector<std::size_t>> by_label;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) by_label[labels[i]].push_back(i);
  std::vector<std::vector<std::size_t>*> by_size;
  for (auto& [label, rows] : by_label) by_size.push_back(&rows);
  std::stable_sort(by_size.begin(), by_size.end(),
                   [](const auto* a, const auto* b) { return a->size() < b->size(); });
  std::mt19937_64 random(seed);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < by_size.size(); ++i) {
    std::vector<std::size_t>& rows = *by_size[i];
    const std::size_t quota = (most - chosen.size()) / (by_size.size() - i);
    if (rows.size() > quota) {
      std::shuffle(rows.begin(), rows.end(), random);
      rows.resize(quota);
    }
    chosen.insert(chosen.end(), rows.begin(), rows.end());
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace faultprint::daemon::report
