// `faultprint replay` without its command line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/loaded_model.h"

namespace faultprint::daemon {

struct ReplayToTopic {
  std::vector<std::string> data;
  std::string topic;
  double speed = 0;  // event seconds per second; 0: as fast as it goes
  // Told of each record before it is sent; without it a progress bar is shown.
  std::function<void(const std::string& element, std::int64_t time_us)> on_record;
};

struct ReplayToVerdicts {
  std::vector<std::string> data;
  std::string alarms;    // alarm events: a file, "-", or ""
  std::string unknowns;  // episodes of unknown as incidents to label: a file, "-", or ""
};

struct ReplayGroup {
  config::Config config;  // of this group of elements alone
  ModelPointer model;
};

// Recorded history through the pipeline of `run` to verdict lines on standard output, and what else
// is asked for beside it; of one group of elements after the other.
void replay_to_verdicts(const std::vector<ReplayGroup>& groups, const ReplayToVerdicts& request);

// The same history as JSON records into a Kafka topic: in time order, key = element, record
// timestamp = event time. Returns the number of records.
std::size_t replay_to_topic(const config::Config& config, const ReplayToTopic& request);

}  // namespace faultprint::daemon
