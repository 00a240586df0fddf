// What stands around a snapshot's bytes: what they are and of which version before them, their
// length and checksum behind. Both ways in one go, a piece at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/state_io.h"

namespace faultprint::daemon {

class SnapshotFrameWriter {
 public:
  explicit SnapshotFrameWriter(const ingest::StateSink& sink);  // which outlives it

  void put(std::string_view piece);
  std::size_t finish();  // bytes, of all

 private:
  const ingest::StateSink& sink_;
  std::size_t size_ = 0;
  std::uint32_t checksum_ = 0;
};

class SnapshotFrameReader {
 public:
  // ingest::StateError where they are no snapshot, or of a version that is not read.
  explicit SnapshotFrameReader(ingest::StatePieces pieces);
  SnapshotFrameReader(const SnapshotFrameReader&) = delete;
  SnapshotFrameReader& operator=(const SnapshotFrameReader&) = delete;

  int version() const { return version_; }
  ingest::StatePieces body();  // which this outlives
  // Once its reader is through, or gave up: ingest::StateError where it was damaged.
  void check();

 private:
  std::string_view next_of_body();
  std::string exactly(std::size_t size);

  ingest::StatePieces from_;
  std::string_view piece_;  // what is left of it
  std::size_t body_size_ = 0;
  std::size_t body_read_ = 0;
  std::uint32_t checksum_ = 0;
  int version_ = 0;
};

}  // namespace faultprint::daemon
