// Which configured field a JSON key names. Records of one producer list their keys in the same
// order, so the key that followed the previous one last time is tried before a hash look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/glob_sums.h"

namespace faultprint::ingest {

// Not thread-safe: it learns.
class NameGuesser {
 public:
  static constexpr int kUnknown = -1;

  explicit NameGuesser(const std::vector<std::string>& fields);

  // At the beginning of each object.
  void restart() { last_ = 0; }

  // `raw` points at a key's first character, its closing quote lies before `end`. True when the
  // guess is right: `field` is then set.
  bool guess(const char* raw, const char* end, int& field);
  // Any key, unescaped: the field's index, be it that of a pattern that matches, or kUnknown.
  int find(std::string_view key);

 private:
  struct Name {
    std::string text;
    int field = kUnknown;
    std::size_t next = 0;  // the name that followed this one last time
    bool plain = false;    // written in JSON as it is, so that raw text can be compared
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };

  std::size_t add(std::string_view text, int field);

  // names_[0] stands for an object's beginning. Unknown names are learnt too, up to a limit.
  std::vector<Name> names_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> by_text_;
  std::size_t last_ = 0;
  GlobSums globs_;
};

// Names are short: a call of memcmp costs more than it does.
inline bool same_text(const char* a, const char* b, std::size_t size) {
  using Word = std::uint64_t;
  const auto differ = [&]<typename Part>(std::size_t at, Part) {
    Part x;
    Part y;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    return x != y;
  };
  std::size_t at = 0;
  for (; at + sizeof(Word) <= size; at += sizeof(Word))
    if (differ(at, Word())) return false;
  if (at == size) return true;
  if (size >= sizeof(Word)) return !differ(size - sizeof(Word), Word());  // overlaps the last one
  for (; at < size; ++at)
    if (a[at] != b[at]) return false;
  return true;
}

inline bool NameGuesser::guess(const char* raw, const char* end, int& field) {
  const std::size_t next = names_[last_].next;
  const Name& name = names_[next];
  const std::size_t size = name.text.size();
  if (!name.plain || static_cast<std::size_t>(end - raw) <= size) return false;
  if (raw[size] != '"' || !same_text(raw, name.text.data(), size)) return false;
  last_ = next;
  field = name.field;
  return true;
}

}  // namespace faultprint::ingest
