// A simulation as files in a folder: history and incidents to train on and held out, and the
// configuration that goes with them.
#pragma once

#include <string>
#include <vector>

#include "daemon/simulation/simulation.h"

namespace faultprint::daemon::simulation {

struct Written {
  std::size_t records = 0;
  std::vector<std::string> files;
};

// faultprint.yaml, {train,heldout}.csv.gz and {train,heldout}_incidents.csv; what of those is there
// is replaced. plain: .csv. Nothing held out: no such files. Shows progress on standard error.
// Throws std::runtime_error naming the file that cannot be written.
Written write_files(const Options& options, const std::string& folder, bool plain,
                    const std::string& brokers, const std::string& topic);

// The configuration, for the KPIs of kpi_specs().
std::string configuration(const Options& options, const std::string& brokers,
                          const std::string& topic);

std::string csv_header();
std::string csv_row(const HistoryRecord& record);

}  // namespace faultprint::daemon::simulation
