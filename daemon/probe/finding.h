// All that `probe` finds out of some records.
#pragma once

#include <string>
#include <vector>

#include "daemon/probe/feed.h"
#include "daemon/probe/kpi_belief.h"
#include "daemon/probe/timing.h"

namespace faultprint::daemon::probe {

struct Trial {  // of a format
  std::string format;
  std::size_t usable = 0;  // records
  std::string why_not;
};

struct Finding {
  Reading reading;
  std::vector<Trial> trials;
  bool own_history = false;  // a file of our own form, which says nothing of records in Kafka
  std::size_t records = 0;
  std::size_t longest = 0;  // bytes of a record that is read
  Period period;
  Lateness lateness;
  Delay delay;
  std::vector<KpiBelief> kpis;
  std::vector<std::string> doubts;
};

// file_header: a file's first line, which the records are without; "" for a topic's. Throws
// std::runtime_error where nothing can be made of the records, with what was tried.
Finding find_out(const Records& records, bool is_file, const std::string& file_header);

}  // namespace faultprint::daemon::probe
