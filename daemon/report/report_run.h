// `faultprint report` without its command line.
#pragma once

#include <string>
#include <vector>

#include "daemon/training.h"

namespace faultprint::daemon::report {

struct ReportSummary {
  std::size_t bytes = 0;
};

// Of a model on a labelled history.
ReportSummary report_model(const config::Config& config, const ModelPointer& model,
                           const DataFiles& files, const std::string& out);

// Trains once with each loss, otherwise as the request says, and shows them side by side.
// std::runtime_error where the history has a single label.
ReportSummary report_comparison(const config::Config& config, const TrainRequest& request,
                                const std::vector<std::string>& losses, const std::string& out);

}  // namespace faultprint::daemon::report
