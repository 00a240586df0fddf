#include "ingest/name_index.h"

#include <algorithm>
#include <functional>

namespace faultprint::ingest {

std::uint32_t NameIndex::hash_of(std::string_view name) {
  const std::uint64_t hash = std::hash<std::string_view>{}(name);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

void NameIndex::place(Entry entry) {
  std::size_t at = entry.hash & mask();
  while (entries_[at].id != kNone) at = (at + 1) & mask();
  entries_[at] = entry;
}

void NameIndex::grow() {
  std::vector<Entry> old(std::max<std::size_t>(16, 2 * entries_.size()));
  old.swap(entries_);
  for (const Entry& entry : old)
    if (entry.id != kNone) place(entry);
}

void NameIndex::insert(std::string_view name, std::uint32_t id) {
  if (4 * (size_ + 1) > 3 * entries_.size()) grow();
  place({hash_of(name), id});
  ++size_;
}

// The entries that follow move up into the gap, so that no probe ends too early.
void NameIndex::erase(std::string_view name, std::uint32_t id) {
  if (entries_.empty()) return;
  std::size_t gap = hash_of(name) & mask();
  while (entries_[gap].id != id) {
    if (entries_[gap].id == kNone) return;
    gap = (gap + 1) & mask();
  }
  for (std::size_t at = (gap + 1) & mask(); entries_[at].id != kNone; at = (at + 1) & mask()) {
    const std::size_t home = entries_[at].hash & mask();
    if (((at - home) & mask()) < ((at - gap) & mask())) continue;  // its home lies after the gap
    entries_[gap] = entries_[at];
    gap = at;
  }
  entries_[gap] = {};
  --size_;
}

}  // namespace faultprint::ingest
