// What a simulated cell reports, by the field's names (3GPP TS 28.552, 32.425 and what vendors
// add), and how faultprint is told to read it.
#pragma once

#include <string>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::daemon::simulation {

// Fields of a record, in its order.
enum Field : int {
  kRrcAttempts,
  kRrcSuccesses,
  kErabAttempts,
  kErabSuccesses,
  kErabReleases,
  kErabDrops,
  kHandoverAttempts,
  kHandoverSuccesses,
  kUsers,
  kPrbDownlink,
  kPrbUplink,
  kThroughput,
  kCqi,
  kRssi,
  kImbalance,
  kTraffic,
  kSignalling,
  kBackhaulDelay,
  kBackhaulLost,
  kTimingError,
  kCpu,
  kAvailable,
  kAsleep,
  kFields
};

const std::vector<std::string>& field_names();

std::vector<config::KpiSpec> kpi_specs();

constexpr int kWindow = 12;       // slots of a window in the configuration written
constexpr double kAttempts = 10;  // below that a ratio is not defined there

}  // namespace faultprint::daemon::simulation
