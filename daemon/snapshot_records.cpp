#include "daemon/snapshot_records.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "ingest/state_io.h"

namespace faultprint::daemon {
namespace {

constexpr std::string_view kEnd = "end";
constexpr std::string_view kClaim = "owner";  // older programs pass over it
constexpr std::size_t kStampBytes = 2 * sizeof(std::uint64_t);
constexpr std::uint32_t kMostChunks = 1 << 20;

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good ? std::optional(number) : std::nullopt;
}

// 0 where it is none.
std::uint64_t number_in(const nlohmann::json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string stamp_bytes(const SnapshotStamp& stamp) {
  ingest::StateWriter out;
  out.put(stamp.owner);
  out.put(stamp.sequence);
  return out.take();
}

SnapshotStamp stamp_of(std::string_view value) {
  ingest::StateReader in(value);
  SnapshotStamp stamp;
  stamp.owner = in.get<std::uint64_t>();
  stamp.sequence = in.get<std::uint64_t>();
  return stamp;
}

}  // namespace

int slot_of(const SnapshotStamp& stamp) {
  return static_cast<int>(stamp.owner % 2 * 2 + stamp.sequence % 2);
}

SnapshotStamp stamp_after(std::uint64_t owner_seen, const SnapshotStamp& whole,
                          std::uint64_t now_ms) {
  std::uint64_t owner = std::max(now_ms, owner_seen + 1);
  if (owner_seen > 0 && owner % 2 == owner_seen % 2) ++owner;
  const bool same = whole.owner > 0 && slot_of({owner, 1}) == slot_of(whole);
  return {owner, same ? 1U : 0U};
}

std::string snapshot_prefix(const std::string& group_id, const ingest::TopicPartition& where) {
  return group_id + "/" + where.text() + "/";
}

SnapshotCutter::SnapshotCutter(std::string prefix, SnapshotStamp stamp, std::size_t chunk_bytes,
                               std::int64_t time_us, ingest::KafkaStateLog::Take put)
    : prefix_(std::move(prefix)),
      stamp_(stamp),
      chunk_bytes_(chunk_bytes),
      time_us_(time_us),
      put_(std::move(put)),
      chunk_(stamp_bytes(stamp)) {}

std::string SnapshotCutter::key(std::string_view what) const {
  return prefix_ + std::to_string(slot_of(stamp_)) + "/" + std::string(what);
}

void SnapshotCutter::put_chunk() {
  put_({key(std::to_string(chunks_++)), chunk_, time_us_});
  chunk_.resize(kStampBytes);
}

void SnapshotCutter::add(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kStampBytes + chunk_bytes_ - chunk_.size());
    chunk_ += part;
    bytes.remove_prefix(part.size());
    if (chunk_.size() == kStampBytes + chunk_bytes_) put_chunk();
  }
}

std::size_t SnapshotCutter::finish(std::size_t chunks_before) {
  if (chunk_.size() > kStampBytes) put_chunk();
  const nlohmann::json end{{"owner", stamp_.owner},
                           {"sequence", stamp_.sequence},
                           {"chunks", chunks_},
                           {"bytes", bytes_}};
  put_({key(kEnd), end.dump(), time_us_});
  for (std::size_t i = chunks_; i < chunks_before; ++i)
    put_({key(std::to_string(i)), "", time_us_});
  return chunks_;
}

ingest::StateRecord claim_record(const std::string& prefix, std::uint64_t owner,
                                 std::int64_t time_us) {
  const nlohmann::json claim{{"owner", owner}};
  return {prefix + std::string(kClaim), claim.dump(), time_us};
}

std::optional<std::string_view> bytes_of_chunk(std::string_view value, const SnapshotStamp& stamp) {
  if (value.size() < kStampBytes || stamp_of(value) != stamp) return std::nullopt;
  return value.substr(kStampBytes);
}

void SnapshotRecords::add(const ingest::StateRecord& record) {
  std::string_view rest = record.key;
  if (!rest.starts_with(prefix_)) return;
  rest.remove_prefix(prefix_.size());
  if (rest == kClaim) return add_claim(record.value);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return;
  const auto slot = whole_number<unsigned>(rest.substr(0, slash));
  if (!slot || *slot >= kSnapshotSlots) return;
  rest.remove_prefix(slash + 1);
  if (rest == kEnd)
    add_end(slots_[*slot], record);
  else
    add_chunk(slots_[*slot], rest, record);
}

void SnapshotRecords::add_claim(const std::string& value) {
  const auto claim = nlohmann::json::parse(value, nullptr, false);
  if (claim.is_object()) owner_ = std::max(owner_, number_in(claim, "owner"));
}

void SnapshotRecords::add_chunk(Slot& slot, std::string_view index,
                                const ingest::StateRecord& record) {
  const auto number = whole_number<std::uint32_t>(index);
  if (!number || *number >= kMostChunks) return;
  if (record.value.size() < kStampBytes) {  // deleted
    slot.chunks.erase(*number);
    return;
  }
  const Chunk chunk{stamp_of(record.value), record.value.size() - kStampBytes, record.offset};
  owner_ = std::max(owner_, chunk.stamp.owner);
  slot.chunks.insert_or_assign(*number, chunk);
}

void SnapshotRecords::add_end(Slot& slot, const ingest::StateRecord& record) {
  const auto end = nlohmann::json::parse(record.value, nullptr, false);
  const auto number = [&end](const char* name) { return number_in(end, name); };
  slot.end = {};
  if (!end.is_object()) return;
  slot.end = {
      {number("owner"), number("sequence")}, number("chunks"), number("bytes"), record.time_us};
  owner_ = std::max(owner_, slot.end.stamp.owner);
}

// Compaction keeps the last record of a key: chunks that were overwritten since have another stamp.
bool SnapshotRecords::is_whole(const Slot& slot) {
  if (slot.end.stamp.owner == 0 || slot.end.chunks > slot.chunks.size()) return false;
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; i < slot.end.chunks; ++i) {
    const auto chunk = slot.chunks.find(i);
    if (chunk == slot.chunks.end() || chunk->second.stamp != slot.end.stamp) return false;
    bytes += chunk->second.bytes;
  }
  return bytes == slot.end.bytes;
}

const SnapshotRecords::Slot* SnapshotRecords::newest_slot() const {
  const Slot* newest = nullptr;
  for (const Slot& slot : slots_)
    if (is_whole(slot) && (newest == nullptr || slot.end.stamp > newest->end.stamp)) newest = &slot;
  return newest;
}

std::optional<SnapshotRecords::Found> SnapshotRecords::newest() const {
  const Slot* const newest = newest_slot();
  if (newest == nullptr) return std::nullopt;
  Found found{newest->end.stamp, newest->end.bytes, {}, newest->end.written_us};
  for (std::uint32_t i = 0; i < newest->end.chunks; ++i)
    found.chunks.push_back(newest->chunks.at(i).offset);
  return found;
}

// A newer one may have chunks before what was read.
bool SnapshotRecords::settled() const {
  const Slot* const whole = newest_slot();
  return whole != nullptr && std::none_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
           return slot.end.stamp > whole->end.stamp;
         });
}

std::array<std::size_t, kSnapshotSlots> SnapshotRecords::chunks() const {
  std::array<std::size_t, kSnapshotSlots> counts{};
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!slots_[i].chunks.empty()) counts[i] = slots_[i].chunks.rbegin()->first + 1;
  return counts;
}

}  // namespace faultprint::daemon
