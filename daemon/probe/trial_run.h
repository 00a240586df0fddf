// A configuration's own decoder on the records that it was made from.
#pragma once

#include "daemon/probe/feed.h"
#include "ingest/reject_reason.h"

namespace faultprint::daemon::probe {

struct TrialRun {
  std::size_t samples = 0;
  ingest::RejectCounts rejects{};

  std::string text() const;  // "5000 samples, rejected: 2 bad_time"
};

TrialRun try_records(const config::Config& config, const Records& records);
TrialRun try_file(const config::Config& config, const std::string& file);

}  // namespace faultprint::daemon::probe
