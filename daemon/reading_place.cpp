#include "daemon/reading_place.h"

#include <algorithm>

namespace faultprint::daemon {

ReadingPlace reading_place(const KnownOffsets& known, const ingest::PartitionLimits& log) {
  ReadingPlace place;
  place.start = known.snapshot >= 0 ? known.snapshot : known.committed;
  place.live_from = known.committed;
  if (log.first < 0 || log.end < 0) return place;
  const std::int64_t out = std::max(known.committed, known.snapshot);
  if (out < 0) {
    place.start = place.live_from = known.from_end ? log.end : log.first;
  } else if (known.committed > log.end ||
             (known.committed < 0 && (known.snapshot > log.end || known.snapshot_of_another))) {
    place.begins_anew = true;  // Kafka forgets what is committed when it deletes a topic
    place.start = place.live_from = log.first;
  } else if (known.snapshot > log.end) {  // and others have read what there is now
    place.state_fits = false;
    place.start = std::max(known.committed, log.first);
    place.live_from = place.start;
    place.skipped = place.start - known.committed;
  } else {
    place.start = std::max(place.start, log.first);
    if (known.committed >= 0 || known.snapshot < log.first)
      place.live_from = std::max(known.committed, log.first);
    place.skipped = std::max<std::int64_t>(0, log.first - out);
  }
  return place;
}

}  // namespace faultprint::daemon
