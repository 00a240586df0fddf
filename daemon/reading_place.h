// Where a partition is read on when the group gives it to a worker, by what its log still holds.
#pragma once

#include <cstdint>

#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

struct KnownOffsets {
  std::int64_t committed = -1;  // all before it is out; -1: none
  std::int64_t snapshot = -1;   // of the state that was restored; -1: none
  bool from_end = false;        // without either: skip what is there
  // The record before the snapshot's offset is younger than the snapshot: it is another log's.
  bool snapshot_of_another = false;
};

struct ReadingPlace {
  std::int64_t start = -1;      // -1: where Kafka says
  std::int64_t live_from = -1;  // what lies before it is out
  std::int64_t skipped = 0;     // records that were not judged, and are gone
  bool begins_anew = false;     // the topic was made again
  bool state_fits = true;       // else the snapshot is of no use, and `warm_up` is to be read back
};

// The state goes on whatever happened to the log: its elements do, and their alarms are up until
// they are cleared. To it, what is gone is a gap in event time like any other.
ReadingPlace reading_place(const KnownOffsets& known, const ingest::PartitionLimits& log);

}  // namespace faultprint::daemon
