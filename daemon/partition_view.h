// A partition as its worker saw it a moment ago.
#pragma once

#include <cstdint>
#include <string>

#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

// Of one group of elements, where there are several.
struct PartitionView {
  ingest::TopicPartition where;
  std::size_t elements = 0;
  std::size_t silent = 0;
  std::int64_t lag = -1;           // records; -1: not known
  std::int64_t watermark_us = -1;  // -1: none yet
  // By steady_us(), whatever becomes of the wall clock: its last record; where none has come yet,
  // when the snapshot was written, or the assignment.
  std::int64_t heard_us = 0;
  std::string group = {};
};

}  // namespace faultprint::daemon
