// Simulations for tests, and their records by cell and slot.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/simulation/files.h"
#include "daemon/simulation/kpis.h"
#include "daemon/simulation/simulation.h"

namespace faultprint::test {

// Nothing goes wrong, and nothing is lost.
inline daemon::simulation::Options calm_network(int elements, int days) {
  daemon::simulation::Options options;
  options.elements = elements;
  options.duration = std::chrono::hours(24 * days);
  options.incidents_per_day = 0;
  options.missing = 0;
  options.late = 0;
  return options;
}

using Reports = std::map<std::pair<std::string, std::int64_t>, std::vector<double>>;

// By element and slot.
inline Reports reports(const daemon::simulation::Options& options) {
  daemon::simulation::Simulation simulation(options);
  Reports all;
  daemon::HistoryRecord record;
  while (simulation.next(record))
    all[{record.element, record.time_us / options.period.count()}] = record.values;
  return all;
}

inline std::string csv(const daemon::simulation::Options& options) {
  daemon::simulation::Simulation simulation(options);
  std::string text = daemon::simulation::csv_header();
  daemon::HistoryRecord record;
  while (simulation.next(record)) text += daemon::simulation::csv_row(record);
  return text;
}

}  // namespace faultprint::test
