// What was reported of each KPI.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/probe/feed.h"

namespace faultprint::daemon::probe {

struct KpiSeries {
  static constexpr std::size_t kMostTexts = 65;  // different ones that are kept

  std::string name;
  std::vector<std::vector<double>> values;  // numbers of each element that has any, by time
  std::size_t numbers = 0;                  // reports that are one
  std::size_t booleans = 0;                 // of those
  std::size_t texts = 0;
  std::set<std::string> different_texts;
  std::size_t text_changes = 0;  // from one report of an element to its next
  double present = 0;            // share of the slots reported in that have it
};

// In the order in which they are first reported.
std::vector<KpiSeries> series_of(const Reading& reading, config::Microseconds period);

}  // namespace faultprint::daemon::probe
