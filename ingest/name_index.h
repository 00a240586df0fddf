// Element names to ids. Eight bytes an entry beside the names themselves, which the elements hold,
// and one step into memory for most look-ups.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace faultprint::ingest {

// Open addressing with linear probing. The functions take `name_of(id)`, the name of an id that is
// in the index.
class NameIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  std::size_t size() const { return size_; }

  template <typename NameOf>
  std::uint32_t find(std::string_view name, const NameOf& name_of) const {
    if (entries_.empty()) return kNone;
    const std::uint32_t hash = hash_of(name);
    for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
      const Entry& entry = entries_[at];
      if (entry.id == kNone) return kNone;
      if (entry.hash == hash && name_of(entry.id) == name) return entry.id;
    }
  }

  // The name must not be there yet.
  void insert(std::string_view name, std::uint32_t id);
  // The entry of this name and id; nothing when it is not there.
  void erase(std::string_view name, std::uint32_t id);

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t id = kNone;
  };

  static std::uint32_t hash_of(std::string_view name);
  std::size_t mask() const { return entries_.size() - 1; }
  void place(Entry entry);
  void grow();

  std::vector<Entry> entries_;  // a power of two, at most three quarters of them taken
  std::size_t size_ = 0;
};

}  // namespace faultprint::ingest
