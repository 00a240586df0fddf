#include "daemon/snapshot_frame.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

namespace faultprint::daemon {
namespace {

constexpr std::string_view kMagic = "faultprint snapshot ";  // and its version, a digit
constexpr std::size_t kHead = kMagic.size() + 2;
constexpr std::size_t kTail = sizeof(std::uint64_t) + sizeof(std::uint32_t);

// 0: it is no snapshot.
int version_of(std::string_view head) {
  const bool whole = head.starts_with(kMagic) && head.substr(kMagic.size() + 1).starts_with("\n");
  const int digit = whole ? head[kMagic.size()] - '0' : 0;
  return digit >= 1 && digit <= 9 ? digit : 0;
}

std::uint32_t checksum(std::uint32_t before, std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

SnapshotFrameWriter::SnapshotFrameWriter(const ingest::StateSink& sink) : sink_(sink) {
  sink_(std::string(kMagic) + std::to_string(ingest::kStateVersion) + "\n");
}

void SnapshotFrameWriter::put(std::string_view piece) {
  size_ += piece.size();
  checksum_ = checksum(checksum_, piece);
  sink_(piece);
}

std::size_t SnapshotFrameWriter::finish() {
  ingest::StateWriter tail;
  tail.put(static_cast<std::uint64_t>(size_));
  tail.put(checksum_);
  sink_(tail.bytes());
  return kHead + size_ + kTail;
}

SnapshotFrameReader::SnapshotFrameReader(ingest::StatePieces pieces) : from_(std::move(pieces)) {
  version_ = from_.size < kHead + kTail ? 0 : version_of(exactly(kHead));
  if (version_ == 0) throw ingest::StateError("it is no snapshot");
  if (version_ < ingest::kOldestState || version_ > ingest::kStateVersion)
    throw ingest::StateError("its version is " + std::to_string(version_) +
                             ", and this program reads " + std::to_string(ingest::kOldestState) +
                             " to " + std::to_string(ingest::kStateVersion));
  body_size_ = from_.size - kHead - kTail;
}

ingest::StatePieces SnapshotFrameReader::body() {
  return {body_size_, [this] { return next_of_body(); }};
}

std::string_view SnapshotFrameReader::next_of_body() {
  if (body_read_ == body_size_) return {};
  if (piece_.empty()) piece_ = from_.next();
  const std::string_view part = piece_.substr(0, body_size_ - body_read_);
  piece_.remove_prefix(part.size());
  body_read_ += part.size();
  checksum_ = checksum(checksum_, part);
  return part;
}

// Fewer where there are no more.
std::string SnapshotFrameReader::exactly(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    if (piece_.empty()) piece_ = from_.next();
    if (piece_.empty()) break;
    const std::string_view part = piece_.substr(0, size - bytes.size());
    bytes += part;
    piece_.remove_prefix(part.size());
  }
  return bytes;
}

void SnapshotFrameReader::check() {
  while (!next_of_body().empty()) {
  }
  const std::string bytes = exactly(kTail);
  ingest::StateReader tail(bytes);
  if (bytes.size() < kTail || tail.get<std::uint64_t>() != body_read_ ||
      tail.get<std::uint32_t>() != checksum_)
    throw ingest::StateError("it is damaged (its checksum does not fit)");
}

}  // namespace faultprint::daemon
