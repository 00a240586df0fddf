#include "daemon/snapshot.h"

#include "daemon/snapshot_frame.h"
#include "ingest/state_io.h"

namespace faultprint::daemon {
namespace {

// Where there are groups of elements this stands in the place of the one's input: a program that
// knows none refuses it.
constexpr std::string_view kGroups = "groups";

// What the bytes mean depends on the input alone; the network's figures only start new elements.
std::string input_text(const Pipeline& pipeline) {
  config::InputSpec input = pipeline.model().input;
  input.network.clear();
  return config::to_json(input);
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

void write_body(ingest::StateWriter& out, const ingest::TopicPartition& where, std::int64_t offset,
                std::span<const SnapshotPart> parts) {
  if (is_one(parts)) {
    put_head(out, *parts.front().pipeline);
    put_place(out, where, offset);
    parts.front().pipeline->write(out);
    return;
  }
  out.put(kGroups);
  put_place(out, where, offset);
  out.put(static_cast<std::uint32_t>(parts.size()));
  for (const SnapshotPart& part : parts) {
    out.put(std::string_view(members(*part.group)));
    put_head(out, *part.pipeline);
    part.pipeline->write(out);
  }
}

// The offset.
std::int64_t read_body(ingest::StateReader& in, const ingest::TopicPartition& where,
                       std::span<const SnapshotPart> parts, std::vector<AlarmEvent>& events) {
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

}  // namespace

// Piece by piece, so that a snapshot takes no memory of its size.
std::size_t SnapshotStore::write(const ingest::TopicPartition& where, std::int64_t offset,
                                 std::span<const SnapshotPart> parts) const {
  std::size_t size = 0;
  place_->replace(where, [&](const ingest::StateSink& sink) {
    SnapshotFrameWriter frame(sink);
    ingest::StateWriter body([&frame](std::string_view piece) { frame.put(piece); });
    write_body(body, where, offset, parts);
    body.flush();
    size = frame.finish();
  });
  return size;
}

// It is checked only once it is read: what read it is then to be made anew.
std::optional<std::int64_t> SnapshotStore::read(const ingest::TopicPartition& where,
                                                std::span<const SnapshotPart> parts,
                                                std::vector<AlarmEvent>& events) const {
  if (!enabled()) return std::nullopt;
  std::optional<ingest::StatePieces> kept = place_->take_over(where);
  if (!kept) return std::nullopt;
  SnapshotFrameReader frame(std::move(*kept));
  ingest::StateReader in(frame.body(), frame.version());
  try {
    const std::int64_t offset = read_body(in, where, parts, events);
    frame.check();
    return offset;
  } catch (const ingest::StateError&) {
    frame.check();  // where it was damaged, that is why
    throw;
  }
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
