#include "daemon/element_folds.h"

#include <algorithm>
#include <random>
#include <utility>

namespace faultprint::daemon {

std::vector<ElementNames> deal_elements(const Survey& survey, const IncidentRows& incidents,
                                        std::size_t folds, std::uint64_t seed) {
  std::vector<std::pair<long, std::string>> order;
  for (const auto& [name, span] : survey.elements) {
    const auto on_it = [&, &element = name](const ingest::Incident& row) {
      return is_fault(row) && ingest::element_matches(row.element, element);
    };
    order.emplace_back(std::count_if(incidents.begin(), incidents.end(), on_it), name);
  }
  std::mt19937_64 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<ElementNames> dealt(folds);
  for (std::size_t i = 0; i < order.size(); ++i) dealt[i % folds].insert(order[i].second);
  return dealt;
}

}  // namespace faultprint::daemon
