// All that records say, by a format's own decoder, whatever a configuration names of it.
#pragma once

#include <map>
#include <string>

#include "daemon/probe/feed.h"

namespace faultprint::daemon::probe {

struct Observed {
  Things things;
  std::map<std::string, std::size_t> rejects;  // reason -> how often
};

// stream: a format with stream.record. Records of any size.
Observed observe(config::StreamConfig stream, const Records& records);

}  // namespace faultprint::daemon::probe
