#include "daemon/snapshot.h"

#include <zlib.h>

#include "ingest/state_io.h"

namespace faultprint::daemon {
namespace {

// Where there are groups of elements this stands in the place of the one's input: a program that
// knows none refuses it.
constexpr std::string_view kGroups = "groups";
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

bool is_one(std::span<const SnapshotPart> parts) {
  return parts.size() == 1 && parts.front().group->name.empty();
}

// Whose state is kept: with other globs or topics it would be of other elements.
std::string members(const config::GroupConfig& group) {
  std::string text = group.name;
  for (const std::string& element : group.elements) text += "\nelement " + element;
  for (const std::string& topic : group.topics) text += "\ntopic " + topic;
  return text;
}

void put_head(ingest::StateWriter& out, const Pipeline& pipeline) {
  out.put(std::string_view(input_text(pipeline)));
  out.put(std::string_view(pipeline.model().model.fingerprint));
}

// The fingerprint.
std::string get_head(ingest::StateReader& in, const Pipeline& pipeline) {
  if (in.get_text() != input_text(pipeline))
    throw ingest::StateError("it was written for another stream configuration" +
                             (pipeline.group().empty() ? "" : " of group " + pipeline.group()));
  return std::string(in.get_text());
}

void put_place(ingest::StateWriter& out, const ingest::TopicPartition& where, std::int64_t offset) {
  out.put(std::string_view(where.topic));
  out.put(where.partition);
  out.put(offset);
}

std::int64_t get_place(ingest::StateReader& in, const ingest::TopicPartition& where) {
  if (in.get_text() != where.topic || in.get<std::int32_t>() != where.partition)
    throw ingest::StateError("it belongs to another partition");
  return in.get<std::int64_t>();
}

void read_part(ingest::StateReader& in, const SnapshotPart& part, std::vector<AlarmEvent>& events) {
  if (in.get_text() != members(*part.group))
    throw ingest::StateError("it was written for other groups");
  const std::string fingerprint = get_head(in, *part.pipeline);
  part.pipeline->read(in, fingerprint, events);
}

// Between magic and checksum.
ingest::StateReader body_of(std::string_view bytes) {
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
  return ingest::StateReader(body, version);
}

}  // namespace

std::size_t SnapshotStore::write(const ingest::TopicPartition& where, std::int64_t offset,
                                 std::span<const SnapshotPart> parts) const {
  ingest::StateWriter body;
  if (is_one(parts)) {
    put_head(body, *parts.front().pipeline);
    put_place(body, where, offset);
    parts.front().pipeline->write(body);
  } else {
    body.put(kGroups);
    put_place(body, where, offset);
    body.put(static_cast<std::uint32_t>(parts.size()));
    for (const SnapshotPart& part : parts) {
      body.put(std::string_view(members(*part.group)));
      put_head(body, *part.pipeline);
      part.pipeline->write(body);
    }
  }
  ingest::StateWriter tail;
  tail.put(static_cast<std::uint64_t>(body.bytes().size()));
  tail.put(checksum(body.bytes()));
  const std::string bytes = std::string(kMagic) + std::to_string(ingest::kStateVersion) + "\n" +
                            body.take() + tail.take();
  place_->replace(where, bytes);
  return bytes.size();
}

std::optional<std::int64_t> SnapshotStore::read(const ingest::TopicPartition& where,
                                                std::span<const SnapshotPart> parts,
                                                std::vector<AlarmEvent>& events) const {
  if (!enabled()) return std::nullopt;
  const std::optional<std::string> kept = place_->take_over(where);
  if (!kept) return std::nullopt;
  ingest::StateReader in = body_of(*kept);
  std::int64_t offset = 0;
  if (is_one(parts)) {
    const std::string fingerprint = get_head(in, *parts.front().pipeline);
    offset = get_place(in, where);
    parts.front().pipeline->read(in, fingerprint, events);
  } else {
    if (in.get_text() != kGroups)
      throw ingest::StateError("it was written for a configuration without groups");
    offset = get_place(in, where);
    if (in.get<std::uint32_t>() != parts.size())
      throw ingest::StateError("it was written for other groups");
    for (const SnapshotPart& part : parts) read_part(in, part, events);
  }
  if (!in.at_end()) throw ingest::StateError("something follows its end");
  return offset;
}

std::size_t SnapshotStore::write(const ingest::TopicPartition& where, std::int64_t offset,
                                 Pipeline& pipeline) const {
  const config::GroupConfig alone;
  const SnapshotPart part{&alone, &pipeline};
  return write(where, offset, {&part, 1});
}

std::optional<std::int64_t> SnapshotStore::read(const ingest::TopicPartition& where,
                                                Pipeline& pipeline,
                                                std::vector<AlarmEvent>& events) const {
  const config::GroupConfig alone;
  const SnapshotPart part{&alone, &pipeline};
  return read(where, {&part, 1}, events);
}

}  // namespace faultprint::daemon
