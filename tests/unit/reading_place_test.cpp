#include "daemon/reading_place.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace reading_place_test {

ReadingPlace place(std::int64_t committed, std::int64_t snapshot, ingest::PartitionLimits log) {
  return reading_place({.committed = committed, .snapshot = snapshot}, log);
}

TEST_CASE(
    "a snapshot is read on from its offset, and nothing is given out before the committed one") {
  const ReadingPlace behind = place(150, 100, {0, 200});
  CHECK(behind.start == 100);
  CHECK(behind.live_from == 150);
  CHECK(behind.skipped == 0);
  CHECK_FALSE(behind.begins_anew);
  const ReadingPlace ahead = place(90, 100, {0, 200});  // commits have failed
  CHECK(ahead.start == 100);
  CHECK(ahead.live_from == 90);
}

TEST_CASE(
    "without a snapshot a partition is read from the committed offset, its first record or its "
    "end") {
  CHECK(place(150, -1, {0, 200}).start == 150);
  CHECK(place(-1, -1, {20, 200}).start == 20);
  CHECK(place(-1, -1, {20, 200}).live_from == 20);
  const ReadingPlace end = reading_place({.from_end = true}, {20, 200});
  CHECK(end.start == 200);
  CHECK(end.live_from == 200);
  CHECK(reading_place({.committed = 150, .from_end = true}, {0, 200}).start == 150);
}

TEST_CASE("a log cut short is read from its first record, and what nobody has judged is counted") {
  const ReadingPlace cut = place(150, 140, {180, 200});
  CHECK(cut.start == 180);
  CHECK(cut.live_from == 180);
  CHECK(cut.skipped == 30);
  CHECK(cut.state_fits);
  const ReadingPlace between = place(150, 100, {120, 200});  // gone, but out
  CHECK(between.start == 120);
  CHECK(between.live_from == 150);
  CHECK(between.skipped == 0);
  CHECK(place(150, -1, {180, 200}).start == 180);
  CHECK(place(150, -1, {180, 200}).skipped == 30);
  CHECK(place(-1, 140, {180, 200}).skipped == 40);
  CHECK(place(-1, 140, {180, 200}).live_from == 180);
}

TEST_CASE("a topic made again is read from its first record, with the state that was there") {
  for (const ReadingPlace& anew :
       {place(150, 140, {0, 100}), place(150, -1, {0, 100}), place(-1, 140, {0, 100}),
        place(150, 90, {0, 100}),
        reading_place({.snapshot = 140, .snapshot_of_another = true}, {0, 200})}) {
    CHECK(anew.begins_anew);
    CHECK(anew.start == 0);
    CHECK(anew.live_from == 0);
    CHECK(anew.skipped == 0);
    CHECK(anew.state_fits);
  }
}

TEST_CASE("a snapshot of a log that others have read on anew is of no use") {
  const ReadingPlace old = place(50, 140, {0, 100});
  CHECK_FALSE(old.state_fits);
  CHECK_FALSE(old.begins_anew);
  CHECK(old.start == 50);
  CHECK(old.live_from == 50);
}

TEST_CASE("while nobody knows the log, what is known is trusted") {
  CHECK(place(150, 100, {}).start == 100);
  CHECK(place(150, 100, {}).live_from == 150);
  CHECK(place(-1, -1, {}).start == -1);
}

}  // namespace reading_place_test
}  // namespace faultprint::daemon
