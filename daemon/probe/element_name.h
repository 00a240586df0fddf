// Which labels of a thing name its element.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace faultprint::daemon::probe {

// A thing, as far as its element's name goes.
struct Labelled {
  std::vector<std::pair<std::string, std::string>> labels;  // "key" is the Kafka key
  std::int64_t time_us = 0;
  std::string kpi;  // one that it reports
};

struct ElementChoice {
  std::vector<std::string> labels;  // that together name it; empty: none do
  double repeated = 0;              // share of things whose element, time and KPI came before
  std::string why;
};

// At most so many labels. usual: what the format begins with, where that is there.
ElementChoice choose_element(const std::vector<Labelled>& things,
                             const std::vector<std::string>& usual, std::size_t most);

}  // namespace faultprint::daemon::probe
