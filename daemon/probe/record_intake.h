// Records to look at, unpacked, as far as there is room for them.
#pragma once

#include <cstddef>
#include <string>

#include "daemon/probe/feed.h"
#include "ingest/gzip_payload.h"

namespace faultprint::daemon::probe {

// Every format is tried on all records, so that what is looked at takes several times its bytes.
constexpr std::size_t kMostRecordBytes = std::size_t{64} << 20;

class RecordIntake {
 public:
  explicit RecordIntake(std::size_t most_bytes = kMostRecordBytes) : most_bytes_(most_bytes) {}

  // Unpacks it where it is gzipped; what cannot be unpacked stays as it is, and is no text then.
  // One that there is no room for is left out.
  void take(ingest::SampledRecord record);

  const Records& records() const { return records_; }
  Records release() { return std::move(records_); }
  std::size_t left_out() const { return left_out_; }
  // "200 of them are gzipped", "3 left out: too large, ..."; empty where there is nothing to tell.
  std::string text() const;

 private:
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::size_t packed_ = 0;
  std::size_t left_out_ = 0;
  Records records_;
  ingest::Gunzip gunzip_;
};

}  // namespace faultprint::daemon::probe
