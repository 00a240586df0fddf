// How often elements report, how late and in which partitions.
#pragma once

#include "config/config.h"
#include "daemon/probe/feed.h"

namespace faultprint::daemon::probe {

struct Period {
  config::Microseconds value{0};  // 0: no element reports twice
  double share = 0;               // of the steps that are within a quarter of it
  std::size_t steps = 0;
  double crowded = 0;  // share of reports whose slot has one of the same KPI already
};
// What is about the median of the steps between an element's reports of one KPI, rounded to a usual
// period where it is near one.
Period find_period(const Reading& reading);

// How far records lie behind the newest event time before them: of their partition; in a file, as a
// replay has it, of their element.
struct Lateness {
  config::Microseconds worst{0};
  config::Microseconds nearly_all{0};  // 99.9 % are no further behind
  config::Microseconds proposed{0};    // in whole periods, 2 at least
  bool hopeless = false;               // more than the program waits for: not in the order of time
};
Lateness find_lateness(const Reading& reading, const Records& records, config::Microseconds period,
                       bool is_file);

// The record's own timestamp less the event time.
struct Delay {
  std::size_t stamped = 0;  // reports whose record has a timestamp
  config::Microseconds median{0};
  config::Microseconds nearly_all{0};  // 99 % are at most so far behind
  double ahead = 0;                    // share that lie in the future by more than max_future
};
Delay find_delay(const Reading& reading, const Records& records);

std::size_t elements_in_several_partitions(const Reading& reading, const Records& records);

}  // namespace faultprint::daemon::probe
