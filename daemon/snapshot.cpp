#include "daemon/snapshot.h"

#include <zlib.h>

#include "ingest/state_io.h"

namespace faultprint::daemon {
namespace {

constexpr std::string_view kMagic = "faultprint snapshot ";  // and its version, a digit

// 0: it is no snapshot.
int version_of(std::string_view bytes) {
  const bool whole = bytes.starts_with(kMagic) && bytes.substr(kMagic.size() + 1).starts_with("\n");
  const int digit = whole ? bytes[kMagic.size()] - '0' : 0;
  return digit >= 1 && digit <= 9 ? digit : 0;
}

// What the bytes mean depends on the input alone; the network's figures only start new elements.
std::string input_text(const Pipeline& pipeline) {
  config::InputSpec input = pipeline.model().input;
  input.network.clear();
  return config::to_json(input);
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

std::size_t SnapshotStore::write(const ingest::TopicPartition& where, std::int64_t offset,
                                 const Pipeline& pipeline) const {
  ingest::StateWriter body;
  body.put(std::string_view(input_text(pipeline)));
  body.put(std::string_view(pipeline.model().model.fingerprint));
  body.put(std::string_view(where.topic));
  body.put(where.partition);
  body.put(offset);
  pipeline.write(body);
  ingest::StateWriter tail;
  tail.put(static_cast<std::uint64_t>(body.bytes().size()));
  tail.put(checksum(body.bytes()));
  const std::string bytes = std::string(kMagic) + std::to_string(ingest::kStateVersion) + "\n" +
                            body.take() + tail.take();
  place_->replace(where, bytes);
  return bytes.size();
}

std::optional<std::int64_t> SnapshotStore::read(const ingest::TopicPartition& where,
                                                Pipeline& pipeline,
                                                std::vector<AlarmEvent>& events) const {
  if (!enabled()) return std::nullopt;
  const std::optional<std::string> kept = place_->take_over(where);
  if (!kept) return std::nullopt;
  const std::string_view bytes = *kept;
  constexpr std::size_t kTail = sizeof(std::uint64_t) + sizeof(std::uint32_t);
  const std::size_t head = kMagic.size() + 2;
  const int version = bytes.size() < head + kTail ? 0 : version_of(bytes);
  if (version == 0) throw ingest::StateError("it is no snapshot");
  if (version < ingest::kOldestState || version > ingest::kStateVersion)
    throw ingest::StateError("its version is " + std::to_string(version) +
                             ", and this program reads " + std::to_string(ingest::kOldestState) +
                             " to " + std::to_string(ingest::kStateVersion));
  ingest::StateReader tail(bytes.substr(bytes.size() - kTail));
  const std::string_view body = bytes.substr(head, bytes.size() - head - kTail);
  if (tail.get<std::uint64_t>() != body.size() || tail.get<std::uint32_t>() != checksum(body))
    throw ingest::StateError("it is damaged (its checksum does not fit)");
  ingest::StateReader in(body, version);
  if (in.get_text() != input_text(pipeline))
    throw ingest::StateError("it was written for another stream configuration");
  const std::string fingerprint(in.get_text());
  if (in.get_text() != where.topic || in.get<std::int32_t>() != where.partition)
    throw ingest::StateError("it belongs to another partition");
  const auto offset = in.get<std::int64_t>();
  pipeline.read(in, fingerprint, events);
  if (!in.at_end()) throw ingest::StateError("something follows its end");
  return offset;
}

}  // namespace faultprint::daemon
