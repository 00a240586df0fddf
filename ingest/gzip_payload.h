// Payloads that are gzipped on their own, beside whatever Kafka does to batches.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ingest/reject_reason.h"

namespace faultprint::ingest {

// By the first two bytes, which no text begins with: a content-encoding header may say so, too, but
// bridges lose headers, and unpack without taking them away.
inline bool is_gzip(std::string_view payload) { return payload.starts_with("\x1f\x8b"); }

// Not thread-safe: holds scratch buffers.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();

  // None, bad_gzip, or too_large where more than `most` bytes come out of it: no more memory than
  // that is ever taken. `text` is valid until the next call.
  RejectReason unpack(std::string_view payload, std::size_t most, std::string_view& text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
