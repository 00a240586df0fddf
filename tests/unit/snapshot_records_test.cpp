#include "daemon/snapshot_records.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace snapshot_records_test {

using Records = std::vector<ingest::StateRecord>;
const std::string kPrefix = snapshot_prefix("our/group", {"kpi", 3});
constexpr std::size_t kChunk = 10;

Records cut(const std::string& prefix, const SnapshotStamp& stamp, std::string_view bytes,
            std::size_t before, std::size_t piece) {
  Records records;
  SnapshotCutter cutter(prefix, stamp, kChunk, 77'000,
                        [&](const ingest::StateRecord& record) { records.push_back(record); });
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    cutter.add(bytes.substr(0, piece));
  const std::size_t chunks = cutter.finish(before);
  CHECK(records.size() == std::max(chunks, before) + 1);
  return records;
}

Records snapshot(const SnapshotStamp& stamp, const std::string& bytes, std::size_t before = 0) {
  return cut(kPrefix, stamp, bytes, before, 7);
}

// As compaction may leave it: of each key the last record alone.
Records compacted(const Records& log) {
  Records kept;
  for (auto record = log.rbegin(); record != log.rend(); ++record)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const auto& other) { return other.key == record->key; }))
      kept.push_back(*record);
  std::reverse(kept.begin(), kept.end());
  return kept;
}

SnapshotRecords read(const Records& log, std::size_t from = 0) {
  SnapshotRecords records(kPrefix);
  for (std::size_t i = from; i < log.size(); ++i) {
    ingest::StateRecord record = log[i];
    record.offset = static_cast<std::int64_t>(i);
    records.add(record);
  }
  return records;
}

std::string bytes_of(const SnapshotRecords::Found& found, const Records& log) {
  std::string bytes;
  for (const std::int64_t offset : found.chunks)
    bytes += bytes_of_chunk(log[static_cast<std::size_t>(offset)].value, found.stamp).value();
  CHECK(bytes.size() == found.bytes);
  return bytes;
}

std::string newest(const Records& log) {
  const auto found = read(log).newest();
  CHECK(found.has_value() == read(compacted(log)).newest().has_value());
  return found ? bytes_of(*found, log) : "none";
}

Records operator+(Records a, const Records& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_CASE("a snapshot is read back whole from its records, however long it is") {
  for (const std::size_t size : {0, 1, 9, 10, 11, 35}) {
    CAPTURE(size);
    const std::string bytes(size, 'x');
    const Records log = snapshot({5, 1}, bytes);
    CHECK(log.size() == (size + kChunk - 1) / kChunk + 1);
    const auto found = read(log).newest();
    REQUIRE(found);
    CHECK(bytes_of(*found, log) == bytes);
    CHECK(found->stamp == SnapshotStamp{5, 1});
    CHECK(found->written_us == 77'000);
  }
}

TEST_CASE("records are the same in whatever pieces a snapshot comes") {
  const std::string bytes = "of thirty-five bytes, as they are.\n";
  const Records whole = cut(kPrefix, {5, 1}, bytes, 6, 100);
  for (const std::size_t piece : {1, 9, 10, 11, 20, 34}) {
    const Records pieces = cut(kPrefix, {5, 1}, bytes, 6, piece);
    REQUIRE(pieces.size() == whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
      CHECK(pieces[i].key == whole[i].key);
      CHECK(pieces[i].value == whole[i].value);
    }
  }
}

TEST_CASE("a chunk is read by its own stamp alone") {
  const std::string value = snapshot({5, 1}, "0123456789")[0].value;
  CHECK(bytes_of_chunk(value, {5, 1}) == "0123456789");
  CHECK_FALSE(bytes_of_chunk(value, {5, 3}).has_value());
  CHECK_FALSE(bytes_of_chunk("", {5, 1}).has_value());
}

TEST_CASE("keys name group, topic, partition, slot and chunk, and the end tells stamp and size") {
  const Records log = snapshot({5, 2}, "0123456789ab");
  REQUIRE(log.size() == 3);
  CHECK(log[0].key == "our/group/kpi/3/2/0");
  CHECK(log[1].key == "our/group/kpi/3/2/1");
  CHECK(log[2].key == "our/group/kpi/3/2/end");
  CHECK(log[2].value == R"({"bytes":12,"chunks":2,"owner":5,"sequence":2})");
}

TEST_CASE("one that is cut short at any record leaves the one before") {
  const Records first = snapshot({5, 1}, "the first snapshot");
  const Records second = snapshot({5, 2}, "the second, longer snapshot");
  for (std::size_t cut = 0; cut < second.size(); ++cut)
    CHECK(newest(first + Records(second.begin(), second.begin() + static_cast<long>(cut))) ==
          "the first snapshot");
  CHECK(newest(first + second) == "the second, longer snapshot");
  const Records third = snapshot({5, 3}, "3", read(first).chunks()[3]);
  for (std::size_t cut = 0; cut + 2 < third.size(); ++cut)
    CHECK(newest(first + second + Records(third.begin(), third.begin() + static_cast<long>(cut))) ==
          "the second, longer snapshot");
  CHECK(newest(first + second + third) == "3");
}

TEST_CASE("chunks that a shorter snapshot does not need are deleted") {
  const Records first = snapshot({5, 1}, std::string(35, 'x'));
  const Records third = snapshot({5, 3}, "short", read(first).chunks()[3]);
  REQUIRE(third.size() == 5);
  for (std::size_t i = 2; i < third.size(); ++i) CHECK(third[i].value.empty());
  CHECK(newest(first + third) == "short");
  CHECK(read(first + third).chunks()[3] == 1);
}

TEST_CASE("what an owner of before still writes does not count, and does no harm") {
  Records log = snapshot({5, 1}, "old, odd") + snapshot({5, 2}, "old, even");
  const SnapshotStamp next = stamp_after(read(log).owner(), read(log).newest()->stamp, 3);
  CHECK(next.owner == 6);
  const SnapshotStamp mine{next.owner, next.sequence + 1};
  const Records by_zombie = snapshot({5, 3}, "zombie, a long one") + snapshot({5, 4}, "zombie");
  CHECK(newest(log + snapshot(mine, "mine") + by_zombie) == "mine");
  // Each record of the one between any two of the other.
  const Records own = snapshot(mine, "mine, of several chunks, too");
  for (std::size_t at = 0; at <= own.size(); ++at) {
    const auto middle = own.begin() + static_cast<long>(at);
    CHECK(newest(log + Records(own.begin(), middle) + by_zombie + Records(middle, own.end())) ==
          "mine, of several chunks, too");
  }
}

TEST_CASE("a new owner's number is above all before, and its slots are others") {
  CHECK(stamp_after(0, {}, 1000) == SnapshotStamp{1000, 0});
  CHECK(stamp_after(7, {}, 1000) == SnapshotStamp{1000, 0});
  CHECK(stamp_after(8, {}, 1000) == SnapshotStamp{1001, 0});
  CHECK(stamp_after(5000, {}, 1000).owner == 5001);  // whose clock is ahead
  // The owner before wrote nothing whole: the snapshot that is may be in a slot of ours.
  for (const std::uint64_t sequence : {1, 2}) {
    const SnapshotStamp whole{999, sequence};
    SnapshotStamp first = stamp_after(1000, whole, 1001);
    ++first.sequence;
    CHECK(slot_of(first) != slot_of(whole));
    CHECK(slot_of(first) / 2 == slot_of(whole) / 2);
  }
}

TEST_CASE("an owner that writes no snapshot is known by its claim") {
  const ingest::StateRecord claim = claim_record(kPrefix, 6, 77'000);
  CHECK(claim.key == "our/group/kpi/3/owner");
  CHECK(claim.value == R"({"owner":6})");
  const Records log = snapshot({5, 1}, "old, odd") + snapshot({5, 2}, "old, even") + Records{claim};
  CHECK(newest(log) == "old, even");
  CHECK(read(log).settled());
  CHECK(read(log).owner() == 6);
  const SnapshotStamp next = stamp_after(read(log).owner(), read(log).newest()->stamp, 3);
  CHECK(next.owner == 7);
  const Records mine = snapshot({next.owner, next.sequence + 1}, "mine");
  const Records awake = snapshot({6, 1}, "awake again") + snapshot({6, 2}, "and again");
  CHECK(newest(log + mine + awake) == "mine");
  CHECK(newest(log + Records{claim_record(kPrefix, 7, 0), claim} + mine) == "mine");
}

TEST_CASE("the end of a log is enough once nothing before it can be newer") {
  const Records log = snapshot({5, 1}, "first snapshot") + snapshot({5, 2}, "second snapshot");
  CHECK(read(log).settled());
  CHECK(read(log, 3).settled());
  CHECK_FALSE(read(log, 4).settled());  // its first chunk is missing
  CHECK_FALSE(read(log, log.size()).settled());
  // A whole one, and a newer one that may have begun before.
  const Records newer = snapshot({6, 1}, "a newer snapshot");
  CHECK_FALSE(read(log + Records(newer.begin() + 1, newer.end()), 3).settled());
}

TEST_CASE("others' records and damaged ones change nothing") {
  const Records log = snapshot({5, 1}, "whole");
  Records noise = cut(snapshot_prefix("our/group", {"kpi", 31}), {9, 1}, "other", 0, 7) +
                  cut(snapshot_prefix("our", {"kpi", 3}), {9, 1}, "other", 0, 7);
  for (const char* key : {"", "/", "9/0", "-1/0", "1", "1/", "1/x", "1/99999999999", "1/0x",
                          "1//end", "2/end", "owner"})
    for (const char* value : {"", "short", "{}", "[]", "null", R"({"owner":-1,"chunks":1e300})",
                              R"({"owner":9,"sequence":1,"chunks":4000000000,"bytes":1})"})
      noise.push_back({kPrefix + key, value, 0});
  CHECK(newest(log + noise) == "whole");
  CHECK(newest(noise + log) == "whole");
  CHECK(newest(noise) == "none");
  // A chunk, an end that says something else.
  CHECK(newest(log + Records{{kPrefix + "3/0", std::string(16, '\x05') + "whole", 0}}) == "none");
  CHECK(newest(log + Records{{kPrefix + "3/end", R"({"bytes":4,"chunks":1,"owner":5,"sequence":1})",
                              0}}) == "none");
}

}  // namespace snapshot_records_test
}  // namespace faultprint::daemon
